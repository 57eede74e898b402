"""Trains recipes: data of a run, training loop, callbacks, distribution, and the run folder."""
