"""What the three commands share: options, setup, signals, output."""
