"""How good a network is, in figures by scikit-learn's definitions. NumPy on the host, pure functions of predictions."""
