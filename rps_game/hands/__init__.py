"""Draws hands: the computer's move on screen, the demo's camera, and pictures to train on.

`draw_hand` makes one hand on a transparent ground, `random_look` varies everything about it, and
`draw_scene` puts one before a made-up background. How: `poses` bends the joints, `skeleton` makes
bones of them, `surface` renders these, `skin` and `lighting` colour them, `drawing` is the camera.
"""

from rps_game.hands.appearance import HandLook, random_look
from rps_game.hands.render import draw_hand, draw_scene

__all__ = ["HandLook", "draw_hand", "draw_scene", "random_look"]
