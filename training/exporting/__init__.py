"""Exports trained models to files that the game can use, and checks them."""
