"""JSON that strict parsers read, and a way back to names that are not Unicode."""

import base64
import json
import os
from pathlib import Path

import pytest

from rps_game.json_text import path_entries, to_json_text


@pytest.mark.parametrize("text", ["plain", "né", "手✌", "\U0001f44b", '"\\\n', "\\udce9"])
def test_text_survives_in_ascii(text: str) -> None:
    line = to_json_text({text: [text]})
    assert line.isascii()
    assert json.loads(line) == {text: [text]}
    assert path_entries("path", text) == {"path": text}


@pytest.mark.parametrize("value", ["z\udce9", ["z\udce9"], {"a": ("z\udce9",)}, {"z\udce9": 1}])
def test_lone_surrogates_are_replaced_wherever_they_are(value: object) -> None:
    line = to_json_text(value)
    assert "z\\ufffd" in line
    assert "\\ud" not in line


def test_options_are_passed_on() -> None:
    assert to_json_text({"a": 1.5}, indent=1) == '{\n "a": 1.5\n}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json_text(float("nan"), allow_nan=False)


@pytest.mark.skipif(os.name == "nt", reason="names there are Unicode")
def test_the_bytes_of_a_name_can_be_recovered() -> None:
    name = b"z\xe9/\xf0\x9f\x91\x8b.png"
    entries = path_entries("model", Path(os.fsdecode(name)))
    assert entries["model"] == "z\ufffd/\U0001f44b.png"
    assert base64.b64decode(entries["model_bytes"]) == name
