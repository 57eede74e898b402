"""Augmentation and compositing of training images."""
