"""The web process: HTTP, live sockets, fan-out, admission, supervision of workers. It never computes.

It imports only `spec`, `wire` (not `wire.frames`), `store`, `settings` and `errors`, so neither numpy nor JAX.
"""
