"""How a recipe becomes a trained model."""
