"""Scripts that measure and print a table. Run from a checkout: `python -m benchmarks.NAME`."""
