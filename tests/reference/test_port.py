"""An implementation that follows docs/other-languages.md alone passes, so the page is complete."""

import numpy as np
import pytest

from tests.reference import port
from tests.reference.files import difference, read_image, read_json
from tests.reference.tolerances import MOST_DIFFERENT, unequal_share

CASES = read_json("preprocessing.json")
MATHS = read_json("networks.json")


def check(expected: str, actual: np.ndarray) -> None:
    assert unequal_share(read_image(expected), actual) <= MOST_DIFFERENT


@pytest.mark.parametrize("case", CASES["fit"], ids=lambda case: case["view"])
def test_fit(case):
    check(case["view"], port.fit(read_image(case["image"]), case["size"]))


@pytest.mark.parametrize("case", CASES["letterbox"], ids=lambda case: case["view"])
def test_letterbox(case):
    left, top, width, height = case["part"]
    part = read_image(case["image"])[top : top + height, left : left + width]
    view, matrix = port.letterbox(part, case["size"])
    check(case["view"], view)
    assert not difference(case["matrix"], matrix, 1e-9)


@pytest.mark.parametrize("case", CASES["close_up"], ids=lambda case: case["view"])
def test_close_up(case):
    matrix = port.close_up_matrix(case["hand"], case["size"], case["margin"])
    assert not difference(case["matrix"], matrix, 1e-9)
    check(case["view"], port.close_up(read_image(case["image"]), matrix, case["size"]))


@pytest.mark.parametrize("case", CASES["prepare"], ids=lambda case: case["image"])
def test_prepare(case):
    detail = port.prepare(read_image(case["image"]))
    check(case["detail"], detail)
    height, width = detail.shape[:2]
    (x, y), (wide, high) = case["point"], case["sides"]
    assert not difference(case["in_original"], [x * (wide / width), y * (high / height)], 1e-9)


@pytest.mark.parametrize("case", CASES["regions"], ids=lambda case: f"{case['width']}")
def test_regions(case):
    height, width = case["height"], case["width"]
    assert port.central(height, width) == case["central"]
    assert port.halves(height, width, mirrored=False) == case["halves"]
    assert port.halves(height, width, mirrored=True) == case["halves_mirrored"]
    assert port.squares(height, width) == case["squares"]


@pytest.mark.parametrize("case", MATHS["hand_in_image"])
def test_hand_in_image(case):
    actual = port.hand_in_image(case["answer"], case["size"], case["matrix"])
    assert not difference(case["hand"], actual, 1e-9)


@pytest.mark.parametrize("case", MATHS["landmarks"])
def test_landmarks(case):
    points = port.in_image(case["points"], case["size"], case["matrix"])
    assert not difference(case["in_image"], points, 1e-9)
    assert not difference(case["located"], port.locate(points), 1e-9)
    assert not difference(case["framing"], port.framing(case["points"], case["margin"]), 1e-9)
    assert port.box(points, case["width"], case["height"]) == case["box"]


@pytest.mark.parametrize("case", MATHS["combine"])
def test_combine(case):
    answer = port.combine(case["close"], case["score"], case["labels"], case["weights"])
    assert not difference(case["answer"], answer, 1e-6)
