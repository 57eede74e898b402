"""Sessions of matches, the opponents, and the history of results."""
