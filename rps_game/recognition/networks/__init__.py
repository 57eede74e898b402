"""The networks: model files, what they may be, and what they are shown and answer."""
