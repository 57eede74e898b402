"""Trains the heads of frozen backbones on their cached features, in seconds."""
