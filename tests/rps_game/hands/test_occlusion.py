"""Light on a relief: shadows fall away from the light, and folds are dark."""

import numpy as np

from rps_game.hands.occlusion import soften_edges, visibility

ABOVE = np.array((0, 0, 1), np.float32)
FROM_THE_LEFT = np.array((-0.8, 0, 0.6), np.float32)


def relief():
    """A flat plate with a post in its middle."""
    depth = np.zeros((80, 80), np.float32)
    depth[32:48, 36:44] = 20
    return depth, np.ones_like(depth)


def test_a_flat_plate_is_fully_lit():
    depth, alpha = relief()
    lit, sky = visibility(np.zeros_like(depth), alpha, ABOVE, 1.0)
    assert lit.min() > 0.95
    assert sky[20:60, 20:60].min() > 0.95


def test_the_shadow_falls_away_from_the_light():
    lit, _ = visibility(*relief(), FROM_THE_LEFT, 1.0)
    assert lit[40, 24] > 0.95
    assert lit[40, 52] < 0.6


def test_it_is_darker_beside_the_post_than_on_it():
    _, sky = visibility(*relief(), ABOVE, 1.0)
    assert sky[40, 46] < sky[40, 40]
    assert sky[40, 46] < sky[5, 5]


def test_only_edges_in_depth_are_softened():
    depth, alpha = relief()
    image = np.zeros((80, 80, 4), np.float32)
    image[..., 3] = alpha
    image[::2, ::2, :3] = 1
    before = image.copy()
    soften_edges(image, depth, 5.0)
    changed = (image != before).any(axis=2)
    assert changed[30:50, 34:46].any()
    changed[29:51, 33:47] = False
    assert not changed.any()
