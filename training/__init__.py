"""Trains, evaluates and exports the models. Runs from a checkout; it is not part of the wheel."""

import rps_game as rps_game  # switches off telemetry before anything imports ONNX Runtime
