"""The screens: a frame and a view of the match in, an image out. And the window that shows it.

`compose` picks the screen: `rounds` draws the screens of a round, `final` the end of a match,
`cards` the two cards, `overlays` what appears on top: help, details, notes, a lost camera. `layout`
says where things go, `style` what small marks look like, and `canvas` draws.

Nothing is re-exported here: `translations` is needed by ``rps-play --help``, which must not wait
for OpenCV.
"""
