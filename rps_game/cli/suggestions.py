"""Suggests the name that was probably meant."""

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str], prefix: str = "") -> str:
    """The end of an error message about an unknown name: the most similar known name, if any.

    Args:
        name: The unknown name.
        known: The names that exist.
        prefix: Shown before the known name.

    Examples:
        >>> did_you_mean("gaem", ["finder", "game"]), did_you_mean("x", ["finder", "game"])
        ("; did you mean 'game'?", '')
    """
    near = difflib.get_close_matches(name.lower(), list(known), 1)
    return f"; did you mean {prefix + near[0]!r}?" if near else ""
