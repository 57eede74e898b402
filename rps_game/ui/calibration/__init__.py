"""The screens of a calibration: the guide through the moves, and the results.

On the screen it is called a hand check.
"""
