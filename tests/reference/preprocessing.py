"""Vectors of the preprocessing: from an image to what a network sees."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rps_game.recognition.close_up import close_up
from rps_game.recognition.networks.prepared import PreparedImage
from rps_game.recognition.regions import central_region, half_regions, overlapping_squares
from rps_game.recognition.resize import fit, letterbox
from rps_game.recognition.views import HandLocation, close_up_matrix
from tests.reference.files import read_image
from tests.reference.images import path_of

FIT, LETTERBOX, CLOSE_UP = 128, 192, 128
"""Sides of the views: what the shipped networks see, whose files have the last word."""

_FITTED = (
    "landscape",
    "grey",
    "tiny",
    "square",
    "odd",
    "between",
    "other",
    "empty",
    "tall",
    "small",
    "large",
)
_LETTERBOXED = (
    *(
        "landscape",
        "portrait",
        "wide",
        "tall",
        "small",
        "grey",
        "tiny",
        "odd",
        "other",
        "empty",
        "large",
    ),
)
_SQUARES_OF = "wide"
_SHAPES = (
    (480, 640),
    (720, 1280),
    (1280, 720),
    (481, 641),
    (320, 100),
    (100, 501),
    (1, 1),
    (290, 200),
)
_CLOSE_UPS = (  # image, place, side of the view relative to the place's diagonal
    ("landscape", HandLocation(160, 120, 70, 90, 0.0), 1.2),
    ("landscape", HandLocation(150.5, 118.25, 60.5, 80, 0.6), 1.6),
    ("portrait", HandLocation(110, 190, 100, 90, 1.22), 1.2),
    ("wide", HandLocation(600, 150, 90, 120, -2.44), 1.2),  # across the right edge
    ("wide", HandLocation(320, 180, 420, 300, 0.2), 1.2),  # much larger than the view
    ("wide", HandLocation(-300, 500, 60, 60, 0.4), 1.2),  # outside
    ("tall", HandLocation(90, 410, 60, 70, 3.14159), 1.2),
    ("odd", HandLocation(125, 84, 150, 160, -0.9), 1.2),  # more than the whole image
    ("square", HandLocation(128, 128, 128, 170.6667, 0.0), 1.2),  # twice the scale of the view
    ("tiny", HandLocation(8, 6, 8, 9, 0.3), 1.2),
    ("grey", HandLocation(40, 50, 0, 0, 1.0), 1.2),  # no size at all
)

Views = dict[str, np.ndarray]


def compute(read: Callable[[str], np.ndarray] = read_image) -> tuple[dict[str, Any], Views]:
    """The cases with their answers, and the images among these by their paths."""
    views: Views = {}

    def keep(name: str, image: np.ndarray) -> str:
        path = f"views/{name}.png"
        views[path] = image
        return path

    fitted = []
    for name in _FITTED:
        view = keep(f"fit-{name}", fit(read(path_of(name)), FIT))
        fitted.append({"image": path_of(name), "size": FIT, "view": view})

    letterboxed = []
    for name in _LETTERBOXED:
        image = read(path_of(name))
        pixels, matrix = letterbox(image, LETTERBOX)
        entry = {"image": path_of(name), "part": [0, 0, *image.shape[1::-1]], "size": LETTERBOX}
        entry |= {"matrix": matrix.tolist(), "view": keep(f"letterbox-{name}", pixels)}
        letterboxed.append(entry)
        for number, square in enumerate(overlapping_squares(image.shape)):
            if name == _SQUARES_OF:
                pixels, matrix = letterbox(np.ascontiguousarray(square.of(image)), LETTERBOX)
                view = keep(f"letterbox-{name}-{number}", pixels)
                entry = {"image": path_of(name), "part": list(square), "size": LETTERBOX}
                letterboxed.append(entry | {"matrix": matrix.tolist(), "view": view})

    close = []
    for number, (name, hand, margin) in enumerate(_CLOSE_UPS):
        matrix = close_up_matrix(hand, CLOSE_UP, margin)
        view = keep(f"close-up-{number}", close_up(read(path_of(name)), matrix, CLOSE_UP))
        entry = {"image": path_of(name), "hand": vars(hand), "margin": margin, "size": CLOSE_UP}
        close.append(entry | {"matrix": matrix.tolist(), "view": view})

    prepared = PreparedImage.of(read(path_of("large")))
    detail = {
        "image": path_of("large"),
        "sides": list(prepared.sides),
        "detail": keep("detail-large", prepared.detail),
        "point": [100.0, 50.0],
        "in_original": prepared.in_original(np.array([100.0, 50.0])).tolist(),
    }
    regions = [
        {
            "height": height,
            "width": width,
            "central": list(central_region((height, width), live=True)),
            "halves": [list(half) for half in half_regions((height, width), mirror=False)],
            "halves_mirrored": [list(half) for half in half_regions((height, width), mirror=True)],
            "squares": [list(square) for square in overlapping_squares((height, width))],
        }
        for height, width in _SHAPES
    ]
    content = {
        "fit": fitted,
        "letterbox": letterboxed,
        "close_up": close,
        "prepare": [detail],
        "regions": regions,
    }
    return content, views
