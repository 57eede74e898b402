"""The camera that the player chose, and the dialogs about cameras in the window.

The package re-exports nothing.
"""
