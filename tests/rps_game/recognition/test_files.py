import errno
import io
import os
import threading
from pathlib import Path

import pytest

from rps_game.recognition.files import (
    FileError,
    create_file,
    is_file,
    is_folder,
    natural_key,
    read_file,
    read_limited,
)

posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX files")


def test_a_file_is_read_completely_unless_it_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 2**20)
    assert read_file(path, 2**20) == b"x" * 2**20
    path.write_bytes(b"x" * (2**20 + 1))
    with pytest.raises(FileError, match="^larger than 1 MB$"):
        read_file(path, 2**20)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing", "^no such file or directory$"),
        ("a" * 5000, "^file ?name too long$"),
        ("a\0b", "^not a file name: "),
    ],
)
@posix
def test_missing_files_and_invalid_names(name: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=reason):
        read_file(tmp_path / name, 9)
    assert not is_file(tmp_path / name)
    assert not is_folder(tmp_path / name)


@posix
def test_a_pipe_is_read_to_its_end_without_waiting_for_a_writer(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="^a pipe without content$"):
        read_file(pipe, 9)
    end, writer = os.pipe()
    writing = threading.Thread(target=lambda: (os.write(writer, b"a" * 200_000), os.close(writer)))
    writing.start()  # more than fits: the reader has to wait for the writer, too
    try:
        assert read_file(f"/dev/fd/{end}", 2**20) == b"a" * 200_000
    finally:
        os.close(end)
        writing.join()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs POSIX devices")
def test_a_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/zero")
    for path in (Path("/dev/zero"), tmp_path / "link"):
        with pytest.raises(FileError, match="^a device, not a file$"):
            read_file(path, 9)


def test_a_new_file_takes_the_first_free_name(tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(b"kept")
    assert create_file((tmp_path / name for name in "123"), b"new") == tmp_path / "2"
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == [b"kept", b"new"]
    with pytest.raises(FileExistsError, match="all file names are taken") as caught:
        create_file([tmp_path / "1", tmp_path / "2"], b"new")
    assert caught.value.filename == str(tmp_path / "2")


def test_a_file_that_cannot_be_created(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        create_file([tmp_path / "no" / "1"], b"")
    assert caught.value.filename == str(tmp_path / "no" / "1")


def test_no_partial_file_remains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullDisk(io.FileIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            super().write(data[:5])
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", lambda path, mode: FullDisk(path, mode))
    with pytest.raises(OSError, match="No space") as caught:
        create_file([tmp_path / "1"], b"more than five bytes")
    assert caught.value.filename == str(tmp_path / "1")
    assert list(tmp_path.iterdir()) == []


def test_names_are_sorted_naturally() -> None:
    order = ["", "1", "2", "10", "a", "B", "f02", "f2", "f2a", "f10.png", "f10b", "x" + "9" * 5000]
    order += ["x1" + "0" * 5000, "é"]
    mixed = order[::-1]
    assert sorted(mixed, key=natural_key) == order


def test_a_stream_is_read_up_to_a_limit() -> None:
    assert read_limited(io.BytesIO(b"x" * 2**20), 2**20) == b"x" * 2**20
    with pytest.raises(FileError, match="^larger than 1 MB$"):
        read_limited(io.BytesIO(b"x" * (2**20 + 1)), 2**20)
