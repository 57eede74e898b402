"""Benchmarks that print a table. Run them from a checkout: `python -m benchmarks.NAME`."""

import rps_game as rps_game  # switches off telemetry before anything imports ONNX Runtime
