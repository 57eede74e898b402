"""Photographs to train with, taken from a camera or another source."""
