"""Checks what an ONNX model would do before onnxruntime runs it.

A model is a small program. It must not read other files or run forever. This module parses just
enough of the format (protocol buffers, onnx.proto) to check both; `rps_game.recognition.classifier`
checks whether it is a model for this game.
"""

from collections.abc import Iterator

_LOOP = b"Loop"  # Scan, the other loop, ends with its tensor
_MAX_DEPTH = 100  # nested messages; protobuf itself has this limit
_MAX_FIELDS = 1_000_000  # the shipped model has three thousand

# Where tensors and nodes are found: by message, the fields that contain further messages.
_PARTS = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14  # of a tensor
_OPERATOR = 4  # of a node


def unsafe_reason(model: bytes) -> str:
    """Why a model is not safe to run, as a clause; empty if it is safe.

    Args:
        model: The content of the file.

    Raises:
        ValueError: If it is not an ONNX file, or is damaged.

    Examples:
        >>> unsafe_reason(b"")
        ''
    """
    try:
        for count, (kind, field, value) in enumerate(_walk(memoryview(model), "model", 0)):
            if count > _MAX_FIELDS:
                return "it has too many parts"
            if kind == "tensor" and field in (_EXTERNAL_DATA, _DATA_LOCATION) and value != 0:
                return "it keeps weights in another file"
            text = isinstance(value, memoryview) and len(value) == len(_LOOP) and bytes(value)
            if kind == "node" and field == _OPERATOR and text == _LOOP:
                return "it has a loop, which might never end"
    except (IndexError, RecursionError) as error:
        raise ValueError("not a complete protocol buffer") from error
    return ""


def _walk(data: memoryview, kind: str, depth: int) -> Iterator[tuple[str, int, memoryview | int]]:
    """The fields of a message and of the relevant messages in it: kind, number and value."""
    if depth > _MAX_DEPTH:
        raise RecursionError
    parts = _PARTS.get(kind, {})
    for field, value in _fields(data):
        yield kind, field, value
        if field in parts and isinstance(value, memoryview):
            yield from _walk(value, parts[field], depth + 1)


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """The fields of one message; IndexError if it ends too early."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        wire = tag & 7
        value: memoryview | int
        if wire == 0:
            value, at = _varint(data, at)
        elif wire in (1, 5):  # fixed-size numbers of 8 and 4 bytes
            end = at + (8 if wire == 1 else 4)
            value, at = data[at:end], end
        elif wire == 2:
            length, at = _varint(data, at)
            value, at = data[at : at + length], at + length
        else:
            raise IndexError
        if at > len(data):
            raise IndexError
        yield (tag & 0xFFFFFFFF) >> 3, value  # field numbers have 29 bits, as in protobuf


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """A number encoded with seven bits in each byte, and the position after it."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at
        if shift > 63:
            raise IndexError
