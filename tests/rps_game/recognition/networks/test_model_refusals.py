"""The clauses alone; test_model_file.py tests the complete messages with real files."""

import pytest

from rps_game.recognition.networks.model_refusals import other_format, too_new, unknown_operator


@pytest.mark.parametrize(
    ("data", "name", "start"),
    [
        (b"", "a.onnx", "an empty file"),
        (b"\x1f\x8b...", "a.onnx", "a gzip archive"),
        (b"\xef\xbb\xbf\n<!DOCTYPE HTML>", "a.onnx", "a web page"),
        (b"PK\x03\x04 archive/data.pkl", "a.zip", "a PyTorch file"),
        (b"PK\x03\x04 ...", "a.zip", "a ZIP archive"),
        (b"\0" * 40, "a.tflite", "a TensorFlow Lite model"),
        (b"hello", "a.onnx", "a text file"),
        (b"\0" * 40, "a.onnx", ""),
    ],
)
def test_the_content_comes_before_the_suffix(data, name, start):
    assert other_format(data, name).split(":")[0] == start


def test_both_versions_are_reported():
    error = "Opset 99 is under development and support may be limited. Current is till opset 26."
    assert too_new(error) == "its opset is 99, and this onnxruntime reads up to 26"
    assert too_new("Protobuf parsing failed") == ""


def test_operators_are_found_in_both_messages():
    assert unknown_operator("com.acme:Wave(-1) is not a registered function/op") == "com.acme:Wave"
    assert unknown_operator("No Op registered for Wave with domain_version of 1") == "Wave"
    assert unknown_operator("Protobuf parsing failed") == ""
