"""The screens, drawn from a frame and a view of the match, and the window that shows them.

`compose` picks the screen: `rounds` draws the screens of a round, `final` the end of a match,
`cards` the two cards, and `overlays` what appears on top: help, details, notes, a lost camera.
`panels` are parts of several screens, such as the line above the cards and the table of records.
`layout` places the cards, `style` has the colours and small marks, and `canvas` does the drawing.

The package re-exports nothing, because ``rps-play --help`` needs `translations` and must not wait
for OpenCV.
"""
