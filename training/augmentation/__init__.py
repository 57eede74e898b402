"""How training images are varied and composed."""
