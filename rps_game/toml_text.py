"""TOML from Python values; the standard library only reads it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any


def to_toml(values: Mapping[str, Any]) -> str:
    """A TOML document. `None`, which TOML does not have, is left out.

    Args:
        values: By key, of letters, digits, underscores and hyphens. Each is what `toml_value`
            accepts, None, or a mapping of the same kind, which becomes a table.

    Examples:
        >>> print(to_toml({"name": "one", "rates": {"peak": 0.01}, "limit": None}), end="")
        name = "one"
        <BLANKLINE>
        [rates]
        peak = 0.01
    """
    return "\n".join(_lines(values)) + "\n"


def toml_value(value: Any) -> str:
    """A value in TOML; lists of lists have a line for each item.

    Args:
        value: Text, a number, a truth value, or a list or tuple of these.

    Examples:
        >>> print(toml_value(["flip", 1e-05, True]))
        ["flip", 1e-05, true]
    """
    if isinstance(value, list | tuple):
        parts = [toml_value(each) for each in value]
        if any(isinstance(each, list | tuple) for each in value):
            return "\n".join(["[", *(f"    {part}," for part in parts), "]"])
        return f"[{', '.join(parts)}]"
    if isinstance(value, float):
        return repr(value)
    # JSON's text, integers and truth values are TOML's, except for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _lines(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    tables = {key: value for key, value in values.items() if isinstance(value, Mapping)}
    for key, value in values.items():
        if value is not None and key not in tables:
            yield f"{key} = {toml_value(value)}"
    for key, table in tables.items():
        yield from ("", f"[{prefix}{key}]", *_lines(table, f"{prefix}{key}."))
