"""Networks, their optimizers, and the contract of a model file."""
