import os
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

fsspec = pytest.importorskip("fsspec", reason="needs Ray: pip install -e '.[ray]'")
pa = pytest.importorskip("pyarrow", reason="needs Ray: pip install -e '.[ray]'")
pq = pytest.importorskip("pyarrow.parquet")
from rps_game.distributed import inputs  # noqa: E402


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory with images, other files, hidden files and a folder."""
    for name in ("2.jpg", "10.jpg", "notes.txt", ".hidden.jpg", "sub/3.png", "sub/[a].png"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "photos"


@pytest.fixture
def bucket():
    """The same in memory, for fsspec."""
    files = fsspec.filesystem("memory")
    for name in ("2.jpg", "10.jpg", "notes.txt", ".hidden.jpg", "sub/3.png", "sub/.cache/4.png"):
        files.pipe_file(f"/bucket/photos/{name}", b"x")
    yield "memory:///bucket/photos"
    files.rm("/bucket", recursive=True)


def names(paths, folder):
    return [os.path.relpath(path, folder) for path in paths]


def test_folders_are_searched_and_paths_become_absolute(folder):
    skipped = []
    found = list(inputs.find_images(["photos", "none.jpg"], skipped.append))
    assert names(found, folder) == ["2.jpg", "10.jpg", "sub/3.png", "sub/[a].png", "../none.jpg"]
    assert all(Path(path).is_absolute() for path in found)
    assert names(skipped, folder) == ["notes.txt"]


def test_the_empty_path_stays_an_error(folder):
    assert list(inputs.find_images([""])) == [""]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("photos/*.jpg", ["2.jpg", "10.jpg"]),
        ("photos/**/*.png", ["sub/3.png", "sub/[a].png"]),
        ("photos/s*", ["sub/3.png", "sub/[a].png"]),
        ("photos/sub/[a].png", ["sub/[a].png"]),  # a file with this very name
    ],
)
def test_patterns(pattern, expected, folder):
    assert names(inputs.find_images([pattern]), folder) == expected


@pytest.mark.parametrize("pattern", ["photos/*.webp", "memory://bucket/*.jpg"])
def test_a_pattern_without_matches_is_an_error(pattern, folder):
    with pytest.raises(inputs.InputError, match="match"):
        list(inputs.find_images([pattern]))


def test_addresses_of_folders_patterns_and_files(bucket):
    skipped = []
    found = list(inputs.find_images([bucket], skipped.append))
    assert found == [f"{bucket}/{name}" for name in ("2.jpg", "10.jpg", "sub/3.png")]
    assert skipped == [f"{bucket}/notes.txt"]
    assert list(inputs.find_images([f"{bucket}/*.jpg"])) == found[:2]
    assert list(inputs.find_images([f"{bucket}/**/*.png"]))[-1] == found[2]
    assert list(inputs.find_images([f"{bucket}/none"])) == [f"{bucket}/none"]


def test_files_in_an_archive_keep_its_address(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("a/1.jpg", b"x")
        archive.writestr("a/2.jpg", b"y")
    found = list(inputs.find_images([f"zip://a::file://{tmp_path}/photos.zip"]))
    assert found == [f"zip://a/{name}.jpg::file://{tmp_path}/photos.zip" for name in (1, 2)]
    with fsspec.open(found[1], "rb") as file:
        assert file.read() == b"y"


@pytest.mark.parametrize("address", ["nonsense://bucket/1.jpg", "nonsense://bucket/"])
def test_an_unknown_protocol_is_an_error(address):
    with pytest.raises(inputs.InputError, match="^nonsense:// cannot be opened: "):
        list(inputs.find_images([address]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_lists(encoding, folder):
    (folder / "list.txt").write_text("photos/2.jpg\n\nmemory://a.jpg\n/b.jpg\n", encoding=encoding)
    found = list(inputs.read_list("photos/list.txt"))
    assert found == [str(folder / "2.jpg"), "memory://a.jpg", "/b.jpg"]


def test_a_list_on_standard_input(folder, monkeypatch):
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"photos/2.jpg\n")))
    assert list(inputs.read_list("-")) == [str(folder / "2.jpg")]
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(inputs.InputError, match="standard input is closed"):
        list(inputs.read_list("-"))


def test_parquet_lists_on_a_disk_and_elsewhere(folder, bucket):
    table = pa.table({"path": ["a.jpg", None, "?"], "path_bytes": [None, None, b"/\xff.jpg"]})
    pq.write_table(table, "list.parquet")
    expected = [str(Path("a.jpg").absolute()), "/\udcff.jpg"]
    assert list(inputs.read_list("list.parquet")) == expected
    with fsspec.open(f"{bucket}/list.parquet", "wb") as file:
        pq.write_table(table, file)
    assert list(inputs.read_list(f"{bucket}/list.parquet")) == expected


@pytest.mark.parametrize(
    "name",
    ["missing.txt", "no.parquet", "number.parquet", "bytes.parquet", "text.parquet", "null.txt"],
)
def test_unusable_lists_are_errors_that_name_them(name, folder):
    pq.write_table(pa.table({"file": ["a.jpg"]}), "no.parquet")
    pq.write_table(pa.table({"path": [1, 2]}), "number.parquet")
    pq.write_table(pa.table({"path": [b"a.jpg"]}), "bytes.parquet")
    for unusable in ("text.parquet", "null.txt"):
        (folder.parent / unusable).write_bytes(b"a.jpg\0b.jpg\n")
    with pytest.raises(inputs.InputError, match=name) as error:
        list(inputs.read_list(name))
    assert "\n" not in str(error.value)
