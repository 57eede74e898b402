"""Rotation and mirroring according to the container of an AVIF image."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from rps_game.recognition.formats.containers import container_orientation
from rps_game.recognition.images import read_image


def box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I", len(content) + 8) + kind + content


def container(
    *properties: bytes, order: tuple[int, ...] | None = None, item: int = 1, wide: bool = False
) -> bytes:
    """A file whose primary item has the properties, in this order."""
    indices = order or tuple(range(1, len(properties) + 1))
    numbers = struct.pack(f">{len(indices)}{'H' if wide else 'B'}", *indices)
    identity = ">I" if wide else ">H"
    other = struct.pack(identity, 7) + bytes([1]) + (b"\0\1" if wide else b"\1")
    mine = struct.pack(identity, item) + bytes([len(indices)]) + numbers
    ipma = box(b"ipma", bytes([int(wide), 0, 0, int(wide)]), struct.pack(">I", 2), other, mine)
    primary = box(b"pitm", bytes([int(wide), 0, 0, 0]), struct.pack(identity, item))
    iprp = box(b"iprp", box(b"ipco", *properties), ipma)
    return box(b"ftyp", b"avif") + box(b"meta", bytes(4), primary, iprp) + box(b"mdat", b"pixels")


def irot(angle: int) -> bytes:
    return box(b"irot", bytes([angle]))


def imir(axis: int) -> bytes:
    return box(b"imir", bytes([axis]))


SIZE = box(b"ispe", bytes(12))


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize(
    ("properties", "orientation"),
    [
        ((SIZE,), None),
        ((SIZE, irot(0)), 1),
        ((SIZE, irot(1)), 8),  # anticlockwise
        ((SIZE, irot(2)), 3),
        ((SIZE, irot(3)), 6),
        ((SIZE, imir(0)), 4),  # top and bottom change places
        ((SIZE, imir(1)), 2),
        ((SIZE, irot(1), imir(0)), 5),
        ((SIZE, irot(1), imir(1)), 7),
        ((SIZE, irot(3), imir(1)), 5),
    ],
)
def test_orientations(properties: tuple[bytes, ...], orientation: int | None, wide: bool) -> None:
    assert container_orientation(container(*properties, wide=wide)) == orientation


def test_properties_apply_in_the_order_of_the_item() -> None:
    properties = (SIZE, irot(1), imir(0))
    assert container_orientation(container(*properties, order=(1, 3, 2))) == 7
    essential = (1, 0x80 | 2)  # the first bit says that readers must know it
    assert container_orientation(container(*properties, order=essential)) == 8


def test_only_the_primary_item_counts_and_damaged_parts_count_as_missing() -> None:
    assert container_orientation(container(irot(1), item=2)) == 8
    data = container(SIZE, irot(3))
    for length in range(len(data)):
        assert container_orientation(data[:length]) in (None, 6)
    assert container_orientation(container(SIZE, order=(99,))) is None
    for at in range(len(data)):
        damaged = bytearray(data)
        damaged[at] ^= 0xFF
        assert container_orientation(bytes(damaged)) in (None, *range(1, 9))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_avif_files_are_upright(orientation: int, tmp_path: Path) -> None:
    # libavif turns the EXIF orientation that it is to write into properties of the container.
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[:32, :48] = 255
    exif = b"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0" + bytes([orientation, 0, 0, 0]) + bytes(4)
    block = np.frombuffer(exif, np.uint8)
    _, data = cv2.imencodeWithMetadata(".avif", pixels, [cv2.IMAGE_METADATA_EXIF], [block])
    path = tmp_path / "a.avif"
    path.write_bytes(data.tobytes())
    image = read_image(path)
    assert image.shape[:2] == ((64, 96) if orientation < 5 else (96, 64))
    corners = [image[0, 0, 0], image[0, -1, 0], image[-1, -1, 0], image[-1, 0, 0]]
    white = {1: 0, 2: 1, 3: 2, 4: 3, 5: 0, 6: 1, 7: 2, 8: 3}[orientation]
    assert [value > 127 for value in corners] == [number == white for number in range(4)]


def test_photographs_rotated_by_their_container_look_alike(shared_dir: Path) -> None:
    folder = shared_dir / "cases" / "avif"
    if not folder.is_dir():
        pytest.skip("needs the files that once went wrong")
    upright = read_image(folder / "o1.avif").astype(int)
    for name in ("o3.avif", "o6.avif"):
        image = read_image(folder / name)
        assert image.shape == upright.shape
        assert np.abs(image - upright).mean() < 1
