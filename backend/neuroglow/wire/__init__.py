"""Messages and frames: pure encode and decode, no sockets. `docs/wire.md` is the specification."""
