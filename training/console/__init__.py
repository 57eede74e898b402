"""What the commands share with a terminal: errors, progress, options."""
