"""Neuroglow: a neural network playground in the browser with a real training engine behind it."""

__version__ = "0.1.0"
