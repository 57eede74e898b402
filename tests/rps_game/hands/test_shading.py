"""Skin, cloth and nails have their colours; the light comes from where it should."""

from dataclasses import replace

import numpy as np

from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand
from rps_game.hands.appearance import skin_tone

PLAIN = HandLook(sleeve=None)
BACK = replace(PLAIN, yaw=180.0)


def test_skin_tone_colours_the_hand(shape_of):
    brightness = []
    for darkness in np.linspace(0, 1, 6):
        hand = draw_hand(Gesture.PAPER, replace(PLAIN, skin=skin_tone(float(darkness))), 64)
        red, green, blue = hand[shape_of(hand)][:, :3].mean(0)
        assert red > green > blue
        brightness.append(red + green + blue)
    assert brightness == sorted(brightness, reverse=True)
    assert brightness[0] > 2 * brightness[-1]


def test_the_lit_side_is_brighter(shape_of):
    def sides(around: float) -> tuple[float, float]:
        hand = draw_hand(Gesture.ROCK, replace(BACK, light=(around, 20.0)), 96)
        shown = np.where(shape_of(hand), hand[..., :3].mean(2), np.nan)
        return float(np.nanmean(shown[:, :48])), float(np.nanmean(shown[:, 48:]))

    left, right = sides(0.0)
    assert right > left * 1.2
    left, right = sides(180.0)
    assert left > right * 1.2


def test_sleeve_and_nails_have_their_colours():
    look = replace(BACK, sleeve=(20, 200, 30), nails=(20, 30, 220))
    hand = draw_hand(Gesture.PAPER, look, 200).astype(int)
    red, green, blue, alpha = np.moveaxis(hand, 2, 0)
    cloth = (green > 2 * np.maximum(red, blue)) & (alpha == 255)
    nails = (blue > 2 * np.maximum(red, green)) & (alpha == 255)
    assert cloth[170:].sum() > 400
    assert not cloth[:150].any()
    assert nails.sum() > 60
    assert np.nonzero(nails)[0].max() < 110


def test_alpha_is_straight():
    hand = draw_hand(Gesture.PAPER, replace(BACK, ambient=0.9), 96).astype(float)
    bright, alpha = hand[..., :3].mean(2), hand[..., 3]
    faint = (alpha > 20) & (alpha < 90)
    assert faint.sum() > 50
    assert bright[faint].mean() > 0.3 * bright[alpha == 255].mean()
