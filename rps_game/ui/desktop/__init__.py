"""What OpenCV does not know about the desktop: space for a window, and keys in quick succession.

The package re-exports nothing.
"""
