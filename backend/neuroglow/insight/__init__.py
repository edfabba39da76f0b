"""What can be learned from a state: maps, activations, weights, gradients, statistics, predictions, divergence."""
