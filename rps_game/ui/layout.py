"""Where things go on a screen of any shape: two cards side by side, stacked on a tall screen.

Sizes are in units, so that everything grows with the screen.
"""

from dataclasses import dataclass

from rps_game.ui.canvas import Box

_WIDE = (960, 720)  # minimum width and height, in units, with the cards side by side
_TALL = (660, 1000)  # minimum width and height, in units, with the cards stacked
_HEADER, _FOOTER = 88, 196


@dataclass(frozen=True)
class Layout:
    """The positions of things on the screen, in pixels.

    Attributes:
        unit: Pixels per unit.
        left: The box of the left card, or of the upper one on a tall screen.
        right: The box of the other card.
        header: The vertical middle of the line above the cards.
        footer: Top and height of the space below the cards.

    Examples:
        >>> layout = lay_out((1280, 720), 4 / 3)
        >>> layout.unit, layout.left[0], layout.header < layout.left[1]
        (1.0, 26.0, True)
    """

    unit: float
    left: Box
    right: Box
    header: float
    footer: tuple[float, float]


def lay_out(size: tuple[int, int], aspect: float) -> Layout:
    """Place the cards.

    Args:
        size: Width and height of the screen in pixels.
        aspect: Width over height of a player's part of the frame.

    Examples:
        >>> wide, tall = lay_out((1280, 720), 4 / 3), lay_out((480, 800), 4 / 3)
        >>> wide.left[1] == wide.right[1], tall.left[1] < tall.right[1]
        (True, True)
    """
    width, height = size
    aspect = min(1.9, max(0.9, aspect))
    return _stacked(width, height, aspect) if height > width else _beside(width, height, aspect)


def _beside(width: int, height: int, aspect: float) -> Layout:
    unit = unit_of((width, height))
    margin, gap, top = 26 * unit, 22 * unit, _HEADER * unit
    across = (width - 2 * margin - gap) / 2
    # Cropping the sides a little lets wide cameras fill more of the screen.
    down = min(height - top - _FOOTER * unit, across / aspect * 1.2)
    spare = max(0.0, height - top - down - 300 * unit)  # a high screen keeps things together
    top += spare / 2
    left = (margin, top, across, down)
    right = (margin + across + gap, top, across, down)
    footer = (top + down, height - top - down - spare / 2)
    return Layout(unit, left, right, top - _HEADER / 2 * unit, footer)


def _stacked(width: int, height: int, aspect: float) -> Layout:
    unit = unit_of((width, height))
    margin, gap, top = 26 * unit, 16 * unit, _HEADER * unit
    across = width - 2 * margin
    down = min((height - top - _FOOTER * unit - gap) / 2, across / aspect * 1.2)
    across = min(across, down * aspect * 1.35)
    spare = max(0.0, height - top - 2 * down - gap - 260 * unit)
    top += spare / 2
    x = (width - across) / 2
    upper, lower = (x, top, across, down), (x, top + down + gap, across, down)
    below = lower[1] + down
    return Layout(unit, upper, lower, top - _HEADER / 2 * unit, (below, height - below - spare / 2))


def unit_of(size: tuple[int, int]) -> float:
    """Pixels per unit on a screen of ``size`` (width, height).

    Examples:
        >>> unit_of((1920, 1440))
        2.0
    """
    width, height = size
    needed = _TALL if height > width else _WIDE
    return min(width / needed[0], height / needed[1])
