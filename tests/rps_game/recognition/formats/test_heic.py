"""HEIC with pillow-heif, and without it."""

import sys
from pathlib import Path

import numpy as np
import pytest

from rps_game.recognition.decode import ImageError, decode_image
from rps_game.recognition.images import read_image

HEAD = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


def test_without_pillow_heif_the_format_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(ImageError, match=r'HEIC image.*pip install "rps-game\[heic\]"'):
        decode_image(HEAD)


def test_colours_orientation_and_damage(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[:32, :48], pixels[32:, 48:] = (255, 0, 0), (0, 0, 255)
    path = tmp_path / "a.heic"
    heif.from_bytes(mode="RGB", size=(96, 64), data=pixels.tobytes()).save(path, quality=90)
    image = read_image(path)
    assert image.shape == (64, 96, 3)
    assert np.abs(image.astype(int) - pixels).mean() < 5
    data = path.read_bytes()
    for length in (len(HEAD), len(data) // 2, len(data) - 9):
        with pytest.raises(ImageError, match="damaged or cut short"):
            decode_image(data[:length])


def test_a_photograph(shared_dir: Path) -> None:
    pytest.importorskip("pillow_heif")
    folder = shared_dir / "cases"
    if not folder.is_dir():
        pytest.skip("needs the files that once went wrong")
    photo = read_image(folder / "other" / "photo.heic").astype(int)
    assert np.abs(photo - read_image(folder / "avif" / "o1.avif")).mean() < 2
