"""From an image or a frame to a gesture."""
