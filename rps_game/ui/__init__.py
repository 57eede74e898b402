"""The screens, drawn from a frame and a view of the match, and the window that shows them.

`compose` picks the screen: `rounds` draws the screens of a round, `final` the end of a match,
`celebration` the moments after a win, `cards` the two cards, and `overlays` what appears on top:
help, notes, a lost camera. `panels` are parts of several screens, such as the line above the cards,
the details and the table of records. `layout` places the cards, `style` has the colours and small
marks, and `canvas` does the drawing.

The package re-exports nothing, because ``rps-play --help`` needs `translations` and must not wait
for OpenCV.
"""
