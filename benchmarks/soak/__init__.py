"""The soak test; `__main__` is the command."""
