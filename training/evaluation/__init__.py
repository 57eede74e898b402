"""Evaluates models: predictions, metrics, calibration."""
