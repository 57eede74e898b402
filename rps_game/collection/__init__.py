"""Taking photographs to train with."""
