"""Lists of paths on standard input, from programs on different systems."""

import io
import os

import pytest

from rps_game.cli.path_list import PathListError, read_paths

NAMES = ["hand.png", "日本/手 ✌.png", "C:\\Users\\é\\2.jpg"]


class Slow(io.RawIOBase):
    """A pipe that returns one byte at a time."""

    def __init__(self, data):
        self.left = list(data)

    def read(self, size=-1):
        return bytes([self.left.pop(0)]) if self.left else b""


@pytest.mark.parametrize("stream", [io.BytesIO, Slow])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        ("", "utf-8"),
        ("\ufeff", "utf-8"),
        ("\ufeff", "utf-16-le"),
        ("\ufeff", "utf-16-be"),
    ],
)
def test_lines_of_every_system(stream, end, last, mark, encoding):
    text = mark + end.join(NAMES) + (end if last else "")
    assert list(read_paths(stream(text.encode(encoding)))) == NAMES


@pytest.mark.parametrize("stream", [io.BytesIO, Slow])
def test_null_characters_separate_names_that_hold_anything_else(stream):
    names = ["two\nlines\r", " ", "\ufeffmarked", os.fsdecode(b"\xff\xfe.png")]
    data = b"\0".join(map(os.fsencode, names)) + b"\0"
    assert list(read_paths(stream(data), null=True)) == names


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX file names")
@pytest.mark.parametrize("stream", [io.BytesIO, Slow])
@pytest.mark.parametrize("name", [b"z\xe9.png", b"\xff\xfe.png", b"\xfe\xff"])
def test_names_that_are_not_utf8(name, stream):
    paths = read_paths(stream(name + b"\ngood.png\n"))
    assert list(map(os.fsencode, paths)) == [name, b"good.png"]


@pytest.mark.parametrize("data", [b"a.png\0b.png\0", "a.png\n".encode("utf-16-le")])
def test_null_characters_without_the_option(data):
    with pytest.raises(PathListError, match="null characters: use --null"):
        list(read_paths(io.BytesIO(data)))


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xef", b"\xff\xfea"]
)
def test_empty_and_tiny_lists(data):
    assert len(list(read_paths(io.BytesIO(data)))) <= 1


def test_a_path_is_passed_on_before_the_next_one_is_written():
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stream:
        paths = read_paths(stream)
        os.write(writing, b"a\n")
        assert next(paths) == "a"
        os.close(writing)
        assert list(paths) == []
