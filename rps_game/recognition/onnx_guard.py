"""What an ONNX file wants to do, found out before onnxruntime does it.

A model is a small program. It must not read other files, and must not run for ever. Here is the
little of the format (protocol buffers, onnx.proto) that has to be known to see both; whether it
is a model for this game is asked in `rps_game.recognition.classifier`.
"""

from collections.abc import Iterator

_LOOP = b"Loop"  # Scan goes over a tensor, and comes to its end
_DEEPEST = 100  # messages within messages; protobuf itself gives up there
_MOST = 1_000_000  # fields; the shipped model has three thousand

# Where tensors and nodes are: by message, the fields that hold further messages.
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
    """What speaks against running a model, as a clause; empty if nothing does.

    Args:
        model: The content of the file.

    Raises:
        ValueError: If it is no ONNX file, or a damaged one.
    """
    try:
        for count, (kind, field, value) in enumerate(_walk(memoryview(model), "model", 0)):
            if count > _MOST:
                return "it has too many parts"
            if kind == "tensor" and field in (_EXTERNAL_DATA, _DATA_LOCATION) and value != 0:
                return "it keeps weights in another file"
            text = isinstance(value, memoryview) and len(value) == len(_LOOP) and bytes(value)
            if kind == "node" and field == _OPERATOR and text == _LOOP:
                return "it has a loop, which might never end"
    except (IndexError, RecursionError) as error:
        raise ValueError("no whole protocol buffer") from error
    return ""


def _walk(data: memoryview, kind: str, depth: int) -> Iterator[tuple[str, int, memoryview | int]]:
    """The fields of a message and of all messages in it that matter: kind, number, value."""
    if depth > _DEEPEST:
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
        tag, at = _number(data, at)
        wire = tag & 7
        value: memoryview | int
        if wire == 0:
            value, at = _number(data, at)
        elif wire in (1, 5):  # fixed numbers, of 8 and 4 bytes
            end = at + (8 if wire == 1 else 4)
            value, at = data[at:end], end
        elif wire == 2:
            length, at = _number(data, at)
            value, at = data[at : at + length], at + length
        else:
            raise IndexError
        if at > len(data):
            raise IndexError
        yield (tag & 0xFFFFFFFF) >> 3, value  # as protobuf has it


def _number(data: memoryview, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
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
