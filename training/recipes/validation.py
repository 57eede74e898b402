"""Checks the entries of recipes and run configurations: their types, choices and ranges.

`structure` converts JSON to a dataclass and checks types and choices. The dataclasses check ranges
themselves, with `check_ranges`, so ranges hold however an instance is created.
"""

from __future__ import annotations

import json
import math
from dataclasses import MISSING, dataclass, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from rps_game.cli.suggestions import did_you_mean

T = TypeVar("T")

_LONGEST_QUOTE = 60

_PRIMITIVES: dict[type, str] = {
    bool: "true or false",
    int: "an integer",
    float: "a number",
    str: "text",
    NoneType: "null",
}
"""The types of single values, as error messages describe them."""


class InvalidEntryError(ValueError):
    """An entry has a value that is not allowed; the message is one line.

    Attributes:
        entry: the name, such as `schedule.peak`; empty for the top level.
        allowed: what the value must be, such as `an integer`.
        value: the rejected value.
    """

    def __init__(self, entry: str, allowed: str, value: Any) -> None:
        super().__init__(f"{entry or 'the top level'} must be {allowed}, not {_quote(value)}")
        self.entry, self.allowed, self.value = entry, allowed, value


@dataclass(frozen=True)
class Range:
    """The numbers from `low` to `high`; either limit can be excluded.

    Examples:
        >>> str(Range(0, 1, exclude_high=True))
        'at least 0 and below 1'
        >>> 1 in Range(0, 1, exclude_high=True)
        False
    """

    low: float
    high: float
    exclude_low: bool = False
    exclude_high: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.exclude_low else value >= self.low
        return above and (value < self.high if self.exclude_high else value <= self.high)

    def __str__(self) -> str:
        low, high = (
            "above" if self.exclude_low else "at least",
            "below" if self.exclude_high else "at most",
        )
        return f"{low} {self.low} and {high} {self.high}"


SHARE = Range(0, 1)
POSITIVE_SHARE = Range(0, 1, exclude_low=True)


def check_ranges(instance: object, **ranges: Range) -> None:
    """Check numeric attributes, by name; None passes.

    Raises:
        InvalidEntryError: a value is out of range.
    """
    for name, allowed in ranges.items():
        value = getattr(instance, name)
        if value is not None and value not in allowed:
            raise InvalidEntryError(name, str(allowed), value)


def check_text(entry: str, text: str, longest: int = 1000) -> None:
    """Check that a text is not empty, not too long, and printable on one line.

    Raises:
        InvalidEntryError: it is not.
    """
    if not (0 < len(text) <= longest and text.isprintable()):
        raise InvalidEntryError(entry, f"1 to {longest} printable characters", text)


def parse_json(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: the text is not JSON, or its brackets are nested too deeply.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("the brackets are nested too deeply") from None


def structure(value: Any, kind: type[T], entry: str = "") -> T:
    """Convert JSON to a dataclass, strictly: only lists become tuples, and integers floats.

    Args:
        value: what `json.loads` returned.
        kind: a dataclass of single values, choices, tuples and dataclasses.
        entry: the name of the value, for error messages.

    Raises:
        InvalidEntryError: a value has the wrong type, is not among the choices, or is out of range.
        ValueError: an entry is missing or unknown.

    Examples:
        >>> structure({"low": 1, "high": 2.5}, Range)
        Range(low=1.0, high=2.5, exclude_low=False, exclude_high=False)
    """
    result: T = _structure(value, kind, entry)
    return result


def _structure(value: Any, kind: Any, entry: str) -> Any:
    if is_dataclass(kind):
        return _dataclass(value, kind, entry)
    arguments = get_args(kind)
    match get_origin(kind):
        case origin if origin is UnionType:
            (other,) = set(arguments) - {NoneType}
            return None if value is None else _structure(value, other, entry)
        case origin if origin is Literal:
            # `arguments` is a tuple, so unhashable JSON values may be looked up in it too.
            if value not in arguments:
                raise InvalidEntryError(entry, f"one of {', '.join(arguments)}", value)
            return value
        case origin if origin is tuple:
            return _tuple(value, arguments, entry)
    return _primitive(value, kind, entry)


def _dataclass(value: Any, kind: Any, entry: str) -> Any:
    if not isinstance(value, dict):
        raise InvalidEntryError(entry, "an object with named entries", value)
    prefix = f"{entry}." if entry else ""
    unknown = sorted(value.keys() - {field.name for field in fields(kind)})
    if unknown:
        names = ", ".join(_quote(prefix + name) for name in unknown[:3])
        if len(unknown) > 1:
            raise ValueError(f"unknown entries {names}")
        advice = did_you_mean(unknown[0], (field.name for field in fields(kind)), prefix)
        raise ValueError(f"unknown entry {names}{advice}")
    types = get_type_hints(kind)
    arguments = {}
    for field in fields(kind):
        if field.name in value:
            name = prefix + field.name
            arguments[field.name] = _structure(value[field.name], types[field.name], name)
        elif field.default is MISSING:
            raise ValueError(f"there is no entry {prefix}{field.name}")
    try:
        return kind(**arguments)
    except InvalidEntryError as error:
        given = value.get(error.entry, error.value)
        raise InvalidEntryError(prefix + error.entry, error.allowed, given) from None


def _tuple(value: Any, kinds: tuple[Any, ...], entry: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise InvalidEntryError(entry, "a list", value)
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(value)
    if len(value) != len(kinds):
        raise InvalidEntryError(entry, f"a list of {len(kinds)}", value)
    pairs = enumerate(zip(value, kinds, strict=True))
    return tuple(_structure(item, kind, f"{entry}[{place}]") for place, (item, kind) in pairs)


def _primitive(value: Any, kind: Any, entry: str) -> Any:
    if kind is float and type(value) is int:
        try:
            value = float(value)
        except OverflowError:
            value = math.inf
    # Not isinstance: for Python, true is an integer.
    if type(value) is not kind:
        raise InvalidEntryError(entry, _PRIMITIVES[kind], value)
    if kind is float and not math.isfinite(value):
        raise InvalidEntryError(entry, "a finite number", value)
    return value


def _quote(value: Any) -> str:
    """A value as JSON on one line, shortened where it is long."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):  # a huge integer, or very deep brackets
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}..."
