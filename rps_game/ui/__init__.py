"""The screens: a frame and a view of the match in, a picture out. No window, no file.

`compose` decides which screen it is; `rounds` draws the screens of a round, `final` the end of a
match, `cards` the two cards, `overlays` what lies above: help, details, notes, a lost camera.
`layout` says where things are, `style` how small marks look, `drawing` draws.
"""

from rps_game.ui.cards import draw_ahead
from rps_game.ui.compose import compose
from rps_game.ui.view import Details, View

__all__ = ["Details", "View", "compose", "draw_ahead"]
