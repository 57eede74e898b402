r"""JSON that every parser accepts, whatever file names it contains.

Python represents bytes of a name that are not UTF-8 as lone surrogates, which `json` writes as
``\udcff``. According to RFC 8259 this is unpredictable, and strict parsers reject it.
"""

import base64
import json
import os
from collections.abc import Mapping
from typing import Any


def to_json_text(value: Any, **options: Any) -> str:
    r"""JSON in ASCII, so that any output stream can carry it.

    Lone surrogates become U+FFFD; `path_entries` preserves the bytes that they represent.

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
        One entry. If the path is not valid Unicode, U+FFFD replaces what cannot be decoded, and a
        second entry, ``key_bytes``, holds the path's bytes in base64.

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
