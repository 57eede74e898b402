"""The screens, drawn from a frame and a view of the match, and the window that shows them.

`compose` picks the screen: `rounds` draws the screens of a round, `final` the end of a match,
`celebration` the moments after a win, `cards` the two cards, and `overlays` what appears on top:
help, details, notes, a lost camera. `layout` places the cards, `style` has the colours and small
marks, and `canvas` does the drawing.

The package re-exports nothing, because ``rps-play --help`` needs `translations` and must not wait
for OpenCV.
"""
