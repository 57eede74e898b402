"""What OpenCV does not know about the desktop: the room for a window, and keys in quick succession.

The package re-exports nothing.
"""
