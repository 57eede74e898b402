"""Draws hands: for the computer's move on screen, the demo's camera, and training images.

`draw_hand` draws one hand on a transparent background, `random_look` varies its appearance, and
`draw_scene` puts a hand in front of a generated background. `hand_landmarks` says where the joints
of a drawn hand are.

How it works: `poses` bends the joints, `skeleton` places the bones, `flesh` covers them, `render`
projects them, `rasterizer` finds the visible surface, and `shading` and `occlusion` colour and
light it.
`appearance` describes what a hand looks like, and `backgrounds` generates what is behind it.
"""

from rps_game.hands.appearance import HandLook, random_look
from rps_game.hands.render import draw_hand, draw_scene, hand_landmarks

__all__ = ["HandLook", "draw_hand", "draw_scene", "hand_landmarks", "random_look"]
