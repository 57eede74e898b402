"""Tables, plots and image sheets."""
