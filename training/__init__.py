"""Trains, evaluates and exports the models. Runs from a checkout; the wheel does not carry it."""

import rps_game as rps_game  # switches off telemetry before anything imports ONNX Runtime
