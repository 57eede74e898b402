"""How well a player's moves are recognized, and what would help: pure logic, without images.

The player shows each move once (`machine`). What the frames showed of the hand (`readings`) becomes
a verdict on each move and a few pieces of advice (`report`).
"""
