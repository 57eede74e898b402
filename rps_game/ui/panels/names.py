"""Players' names in the available space: smaller if necessary, but never too small to read."""

from collections.abc import Sequence
from functools import lru_cache

from rps_game.ui.canvas import text_width

_SMALLEST = 0.6  # of the intended size


def fitted_names(
    names: Sequence[str], size: float, weight: int, room: float
) -> tuple[tuple[str, ...], float]:
    """Make names fit: all become smaller to the same size, and then the ends of long ones go.

    Args:
        names: The names, as they will be written.
        size: Font size in pixels.
        weight: 300 (light) to 800 (heavy).
        room: The width for each name in pixels.

    Returns:
        The names, and the font size.

    Examples:
        >>> fitted_names(["Anna", "Maximilian-Alexander"], 20, 700, room=1000)
        (('Anna', 'Maximilian-Alexander'), 20)
        >>> names, size = fitted_names(["Anna", "Maximilian-Alexander"], 20, 700, room=100)
        >>> names, round(size)
        (('Anna', 'Maximilian-Ale…'), 12)
    """
    widest = max(text_width(name, max(6, round(size)), weight) for name in names)
    if widest > room:
        size *= max(_SMALLEST, room / widest)
    return tuple(shortened(name, size, weight, room) for name in names), size


@lru_cache(maxsize=64)
def shortened(name: str, size: float, weight: int, room: float) -> str:
    """The name, or as much of its beginning as fits, with an ellipsis.

    Args:
        name: The name.
        size: Font size in pixels.
        weight: 300 (light) to 800 (heavy).
        room: The width in pixels.

    Examples:
        >>> shortened("Maximilian-Alexander", 20, 700, room=120)
        'Maximilia…'
    """
    pixels = max(6, round(size))
    words = name
    for count in range(len(name) - 1, 0, -1):
        if text_width(words, pixels, weight) <= room:
            break
        words = f"{name[:count].rstrip(' -')}…"
    return words
