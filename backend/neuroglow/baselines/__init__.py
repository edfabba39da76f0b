"""Other kinds of models beside the network: fitted by scikit-learn on exactly the rows and inputs the network gets.

Runs in a process of its own for each request, so that neither the gateway nor a worker loads scikit-learn. Imports
data, spec and errors; never JAX, the wire or the store.
"""
