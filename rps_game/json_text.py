r"""JSON that every parser reads, whatever the names of files in it.

Python stands for bytes of a name that are not UTF-8 with lone surrogates, and its `json` writes
these as ``\udcff``: RFC 8259 calls the result unpredictable, and strict parsers refuse it.
"""

import base64
import json
import os
from collections.abc import Mapping
from typing import Any


def to_json_text(value: Any, **options: Any) -> str:
    r"""JSON in ASCII, so that any output stream can carry it.

    Lone surrogates become U+FFFD; `path_entries` keeps what they stand for.

    Args:
        value: What `json.dumps` accepts.
        options: As for `json.dumps`.

    Examples:
        >>> print(to_json_text({"name": "né\udcff"}))
        {"name": "n\u00e9\ufffd"}
    """
    return json.dumps(_without_surrogates(value), **options)


def path_entries(key: str, path: str | os.PathLike[str]) -> dict[str, str]:
    r"""A path as entries of a JSON object.

    Args:
        key: The key of the path as text.
        path: The path as Python has it.

    Returns:
        One entry; or, if the path is not valid Unicode, a second one, ``key_bytes``, with the
        path's bytes in base64. In the first one U+FFFD then stands for what has no character.

    Examples:
        >>> path_entries("path", "hand.png")
        {'path': 'hand.png'}
        >>> import os, base64
        >>> base64.b64decode(path_entries("path", "h\udcff.png")["path_bytes"])
        b'h\xff.png'
    """
    text = os.fspath(path)
    shown = _without_surrogates(text)
    if shown == text:
        return {key: text}
    return {key: shown, f"{key}_bytes": base64.b64encode(os.fsencode(text)).decode("ascii")}


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, Mapping):
        return {_without_surrogates(key): _without_surrogates(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(each) for each in value]
    return value
