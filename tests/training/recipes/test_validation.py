from dataclasses import dataclass
from typing import Literal

import pytest

from training.recipes.validation import InvalidEntryError, Range, check_ranges, structure


@dataclass(frozen=True)
class Inner:
    size: float
    sides: tuple[int, ...] = ()

    def __post_init__(self):
        check_ranges(self, size=Range(0, 1))


@dataclass(frozen=True)
class Outer:
    inner: Inner
    pair: tuple[str, bool] | None = None
    kind: Literal["a", "b"] = "a"


def test_json_becomes_nested_dataclasses_and_tuples():
    values = {"inner": {"size": 1, "sides": [1, 2]}, "pair": ["x", True], "kind": "b"}
    assert structure(values, Outer) == Outer(Inner(1.0, (1, 2)), ("x", True), "b")
    assert structure({"inner": {"size": 0.5}, "pair": None}, Outer) == Outer(Inner(0.5))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "the top level must be an object with named entries, not []"),
        ({}, "there is no entry inner"),
        ({"inner": {}}, "there is no entry inner.size"),
        ({"inner": {"size": 2}}, "inner.size must be at least 0 and at most 1, not 2"),
        ({"inner": {"size": 0, "sides": [1, 2.0]}}, "inner.sides[1] must be an integer, not 2.0"),
        ({"inner": {"size": 0, "a": 1, "b": 2}}, 'unknown entries "inner.a", "inner.b"'),
        ({"inner": {"size": 0}, "pair": ["x"]}, 'pair must be a list of 2, not ["x"]'),
        ({"inner": {"size": 0}, "pair": "xy"}, 'pair must be a list, not "xy"'),
        ({"inner": {"size": 0}, "kind": {}}, "kind must be one of a, b, not {}"),
        ({"inner": 90 * "x"}, f'inner must be an object with named entries, not "{59 * "x"}...'),
        ({"x\n": 1}, 'unknown entry "x\\n"'),
    ],
)
def test_error_names_the_entry_the_allowed_values_and_the_value(values, message):
    with pytest.raises(ValueError, match="entry|must be|entries") as caught:
        structure(values, Outer)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("allowed", "inside", "outside"),
    [
        (Range(0, 1), (0, 0.5, 1), (-0.1, 1.1, float("nan"))),
        (Range(0, 1, exclude_low=True), (1e-9, 1), (0,)),
        (Range(0, 1, exclude_high=True), (0, 0.99), (1,)),
    ],
)
def test_range_limits(allowed, inside, outside):
    assert all(value in allowed for value in inside)
    assert not any(value in allowed for value in outside)


def test_none_passes_every_range():
    @dataclass
    class Optional:
        size: float | None

    check_ranges(Optional(None), size=Range(0, 1))
    with pytest.raises(InvalidEntryError, match="size must be at least 0 and at most 1, not 3"):
        check_ranges(Optional(3), size=Range(0, 1))
