"""How a trained model becomes files that the game can use."""
