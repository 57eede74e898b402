"""Draws hands: the computer's move on screen, the demo's camera, and images to train on.

`draw_hand` draws one hand on a transparent background, `random_look` varies everything about it,
and `draw_scene` puts a hand in front of a generated background.

How it works: `poses` bends the joints, `skeleton` places the bones, `render` projects them,
`rasterizer` finds the visible surface, `shading` and `occlusion` colour and light it.
`appearance` says what a hand looks like, and `backgrounds` makes what is behind it.
"""

from rps_game.hands.appearance import HandLook, random_look
from rps_game.hands.render import draw_hand, draw_scene

__all__ = ["HandLook", "draw_hand", "draw_scene", "random_look"]
