"""Takes photographs for training from a camera or another source."""
