"""Parts of screens that more than one screen, or one way to play, needs.

`header` is the line above the cards, `records` the table of the best results, `habits` lists what
the opponent has learned, and `details` is the strip with measurements. `names` makes players' names
fit.
"""
