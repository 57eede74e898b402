"""Explains why a file cannot be loaded as an ONNX model, for instance because it is a web page.

Used only after a file has been refused; nothing here decides that.
"""

import re

_EXPORT = "make an ONNX model with python -m training.export"
_DOWNLOAD = "the download failed, so fetch it again"
_TORCH = f"a PyTorch file: convert it with torch.onnx.export, or {_EXPORT}"
_KERAS = f"a Keras file: {_EXPORT}"
_TENSORFLOW = f"a TensorFlow graph: {_EXPORT}"
_LITE = f"a TensorFlow Lite model: {_EXPORT}"
_PICKLE = f"a pickled Python object, which is never loaded: {_EXPORT}"
_SAFETENSORS = f"a file of weights without their network: {_EXPORT}"

_MAGIC = (
    (b"\x1f\x8b", "a gzip archive: unpack it with gunzip first"),
    (b"BZh", "a bzip2 archive: unpack it with bunzip2 first"),
    (b"\xfd7zXZ\0", "an xz archive: unpack it with unxz first"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive: unpack it with unzstd first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (b"\x89HDF\r\n\x1a\n", _KERAS),
    (b"GGUF", f"a GGUF language model: {_EXPORT}"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"version https://git-lfs", "a Git LFS pointer to the model: fetch it with git lfs pull"),
    (b"/annex/objects/", "a git-annex pointer to the model: fetch it with git annex get"),
)
_MAGIC_AT_4 = {b"TFL3": _LITE, b"ORTM": f"a model in ORT format, which is not read: {_EXPORT}"}
_ZIPPED = (  # names of members, of which a ZIP archive lists all
    (b"data.pkl", _TORCH),
    (b"constants.pkl", _TORCH),
    (b"model.weights.h5", _KERAS),
)
_SUFFIXES = (
    ((".pt", ".pth", ".ckpt", ".torchscript"), _TORCH),
    ((".keras", ".h5", ".hdf5"), _KERAS),
    ((".tflite", ".lite"), _LITE),
    ((".pb", ".pbtxt"), _TENSORFLOW),
    ((".pkl", ".pickle", ".joblib"), _PICKLE),
    ((".safetensors",), _SAFETENSORS),
)
_TOO_NEW = (
    ("IR version", re.compile(r"model IR version: (\d+), max supported IR version: (\d+)")),
    ("opset", re.compile(r"Opset (\d+) is under development.* is till opset (\d+)", re.DOTALL)),
)
_UNKNOWN_OPERATOR = re.compile(
    r"No Op registered for (\S+) with|(\S+?)\(-?\d+\) is not a registered function/op"
)


def other_format(data: bytes, name: str) -> str:
    """What a file that is not an ONNX model is instead, and what to do; empty if unknown.

    Args:
        data: The content of the file.
        name: The file's name; its suffix decides where the content does not.

    Examples:
        >>> other_format(b"version https://git-lfs.github.com/spec/v1", "rps.onnx")
        'a Git LFS pointer to the model: fetch it with git lfs pull'
    """
    if not data:
        return f"an empty file: {_EXPORT}"
    for magic, what in _MAGIC:
        if data.startswith(magic):
            return what
    if data[4:8] in _MAGIC_AT_4:
        return _MAGIC_AT_4[data[4:8]]
    if data.startswith(b"PK\x03\x04"):
        kinds = [what for member, what in _ZIPPED if member in data]
        return (*kinds, *_by_suffix(name), "a ZIP archive: unpack it first")[0]
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return f"a web page: {_DOWNLOAD}"
    if start.startswith(b"<"):
        return f"an XML file: {_DOWNLOAD}, or {_EXPORT}"
    if data[8:9] == b"{" and int.from_bytes(data[:8], "little") < len(data):
        return _SAFETENSORS
    if data[:1] == b"\x80" and data[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return (*_by_suffix(name), _PICKLE)[0]
    for known in _by_suffix(name):
        return known
    return f"a text file: {_EXPORT}" if _is_text(data[:1024]) else ""


def too_new(error: str) -> str:
    """Explain that a model is too new for this onnxruntime; empty for any other error.

    Args:
        error: The error message of onnxruntime.

    Examples:
        >>> too_new("Unsupported model IR version: 99, max supported IR version: 14")
        'its IR version is 99, and this onnxruntime reads up to 14'
    """
    for name, pattern in _TOO_NEW:
        found = pattern.search(error)
        if found:
            return f"its {name} is {found[1]}, and this onnxruntime reads up to {found[2]}"
    return ""


def unknown_operator(error: str) -> str:
    """The operator that this onnxruntime lacks, from its error message; empty for any other error.

    Examples:
        >>> unknown_operator("No Op registered for Bernoulli with domain_version of 1")
        'Bernoulli'
    """
    found = _UNKNOWN_OPERATOR.search(error)
    return (found[1] or found[2]) if found else ""


def _by_suffix(name: str) -> list[str]:
    return [what for suffixes, what in _SUFFIXES if name.lower().endswith(suffixes)]


def _is_text(data: bytes) -> bool:
    text = data.decode("utf-8", "ignore")
    return all(char.isprintable() or char.isspace() for char in text) and len(text) > len(data) // 4
