"""Files that are refused as models, with one line that says what they are."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import onnx
import onnxruntime as ort
import pytest

from rps_game.recognition.networks.model_file import ModelError, open_session

PICKLE = b"\x80\x04]\x94."  # an empty list
SAFETENSORS = (2).to_bytes(8, "little") + b"{}" + bytes(8)


def archive(*members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        for member in members:
            written.writestr(member, b"0" * 100)
    return file.getvalue()


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        open_session(path, 1, spinning=False)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message.removeprefix(str(path))


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.onnx", gzip.compress(bytes(99), mtime=0), "a gzip archive: unpack it with gunzip"),
        ("a.onnx.gz", gzip.compress(bytes(99), mtime=0), "a gzip archive"),
        ("a.onnx", b"\xfd7zXZ\0" + bytes(99), "an xz archive"),
        ("a.onnx", archive("a.onnx"), "a ZIP archive: unpack it"),
        ("a.onnx", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
        ("a.onnx", b"/annex/objects/SHA256E-s1--00.onnx\n", "git annex get"),
        ("a.onnx", b"\n<!DOCTYPE html><html><body>Not Found", "a web page: the download failed"),
        ("a.onnx", b"\xef\xbb\xbf<HTML>", "a web page"),
        ("a.onnx", b"<?xml version='1.0'?><Error><Code>AccessDenied", "an XML file"),
        ("a.onnx", b'{"error": "rate limit"}', "a text file"),
        ("a.onnx", b"", "an empty file"),
        ("a.pt", archive("archive/data.pkl"), "a PyTorch file: convert it with torch.onnx.export"),
        ("a.onnx", archive("archive/data.pkl"), "a PyTorch file"),
        ("a.pth", PICKLE, "a PyTorch file"),
        ("a.pkl", PICKLE, "a pickled Python object"),
        ("a.keras", archive("config.json", "model.weights.h5"), "a Keras file"),
        ("a.onnx", b"\x89HDF\r\n\x1a\n" + bytes(99), "a Keras file"),
        ("a.h5", bytes(99), "a Keras file"),
        ("a.onnx", b"\x1c\0\0\0TFL3" + bytes(99), "a TensorFlow Lite model"),
        ("a.TFLITE", bytes(99), "a TensorFlow Lite model"),
        ("saved_model.pb", b"\x08\x01\x12\x00", "a TensorFlow graph"),
        ("a.safetensors", SAFETENSORS, "weights without their network"),
        ("a.onnx", b"\xff\xd8\xff\xe0" + bytes(99), "an image"),
    ],
)
def test_files_in_other_formats_are_named(
    name: str, data: bytes, says: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    said = refusal(path)
    assert said.startswith(" is not an ONNX model but a")
    assert says in said


def test_a_model_cut_short(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.onnx"
    path.write_bytes(tiny_model.read_bytes()[:-9])
    assert "damaged: fetch it again" in refusal(path)


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder: name the .onnx file itself" in refusal(tmp_path)
    (tmp_path / "saved_model.pb").touch()
    assert "is a TensorFlow SavedModel: name the .onnx file itself" in refusal(tmp_path)


def changed(model: Path, change: Callable[[onnx.ModelProto], None], path: Path) -> Path:
    loaded = onnx.load(model)
    change(loaded)
    path.write_bytes(loaded.SerializeToString())
    return path


def test_a_model_too_new_is_reported_with_both_numbers(tiny_model: Path, tmp_path: Path) -> None:
    def later_format(model: onnx.ModelProto) -> None:
        model.ir_version = 99

    def later_operators(model: onnx.ModelProto) -> None:
        model.opset_import[0].version = 98

    path = tmp_path / "new.onnx"
    for change, says in ((later_format, "IR version is 99"), (later_operators, "opset is 98")):
        said = refusal(changed(tiny_model, change, path))
        start = f" is too new for onnxruntime {ort.__version__} (its {says}, and this onnxruntime "
        assert said.startswith(f"{start}reads up to ")
        newest = int(said.removeprefix(f"{start}reads up to ").split(")")[0])
        assert 8 < newest < 98
        assert said.endswith("update onnxruntime, or export the model for an older version")


@pytest.mark.parametrize(("domain", "named"), [("", "Shazam"), ("com.example", "Shazam")])
def test_an_operator_that_onnxruntime_lacks(
    domain: str, named: str, tiny_model: Path, tmp_path: Path
) -> None:
    def rename(model: onnx.ModelProto) -> None:
        model.graph.node[-1].op_type = named
        model.graph.node[-1].domain = domain
        if domain:
            model.opset_import.append(onnx.helper.make_opsetid(domain, 1))

    said = refusal(changed(tiny_model, rename, tmp_path / "a.onnx"))
    assert "has no operator" in said
    assert named in said
