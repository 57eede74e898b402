"""Trains, evaluates and exports the models. Runs from a checkout; the wheel does not carry it."""
