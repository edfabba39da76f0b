"""From spec to model: layers, activations, initial weights, losses, and what each layer exposes."""
