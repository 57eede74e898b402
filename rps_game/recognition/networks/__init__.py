"""The networks: loading and checking model files, and the networks' inputs and outputs."""
