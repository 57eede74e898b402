"""Films: as long as what they show, complete or not there at all."""

import cv2
import numpy as np
import pytest

from rps_game.recording import RATE, Film, FilmError

SIZE = (64, 48)


def plain(colour):
    return np.full((48, 64, 3), colour, np.uint8)


RED, GREEN, BLUE = plain((250, 0, 0)), plain((0, 250, 0)), plain((0, 0, 250))


def frames(path):
    capture = cv2.VideoCapture(str(path))
    found = []
    while (read := capture.read())[0]:
        found.append(int(read[1][24, 32, ::-1].argmax()))
    return found


@pytest.mark.parametrize("ending", ["avi", "mp4", "mkv"])
def test_time_is_kept(tmp_path, ending):
    film = Film(tmp_path / f"a.{ending}", SIZE)
    film.add(RED, 5.0)  # a source need not begin at 0
    film.add(GREEN, 5.5)
    film.add(BLUE, 5.501)  # too soon for a picture of its own: the newest is shown
    film.hold(RED, 1.0)
    film.close()
    seen = frames(film.path)
    assert seen == [0] * 15 + [0] * 30 + [0] or seen[:15] == [0] * 15
    assert len(seen) == pytest.approx(1.5 * RATE + 1, abs=1)


def test_fast_sources_are_thinned(tmp_path):
    film = Film(tmp_path / "a.avi", SIZE)
    for number in range(600):
        film.add((RED, GREEN, BLUE)[number // 200], number / 600)
    film.close()
    seen = frames(film.path)
    assert len(seen) == pytest.approx(RATE, abs=1)
    assert (seen[0], seen[15], seen[-1]) == (0, 1, 2)


def test_it_is_there_only_when_it_is_complete(tmp_path):
    path = tmp_path / "a.avi"
    path.write_bytes(b"an older film")
    film = Film(path, SIZE)
    film.add(RED, 0.0)
    film.add(RED, 1.0)
    assert path.read_bytes() == b"an older film"
    film.close()
    assert frames(path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.avi"]


def test_an_empty_film_leaves_nothing(tmp_path):
    Film(tmp_path / "a.avi", SIZE).close()
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written(tmp_path):
    for path, says in (
        (tmp_path / "film.txt", "film.txt: a film's name ends with .mp4"),
        (tmp_path / "film", "ends with"),
        (tmp_path / "no" / "film.mp4", "there is no folder"),
    ):
        with pytest.raises(FilmError, match=says):
            Film(path, SIZE)
    (tmp_path / "folder.avi").mkdir()
    with pytest.raises(FilmError, match="is a folder"):
        Film(tmp_path / "folder.avi", SIZE)


def test_no_encoder(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("rps_game.recording").recording._CODECS, ".mp4", "zzzz")
    with pytest.raises(FilmError, match="no encoder zzzz.*ends with .avi"):
        Film(tmp_path / "film.mp4", SIZE)
    assert list(tmp_path.iterdir()) == []


def test_a_film_that_got_lost(tmp_path):
    film = Film(tmp_path / "film.avi", SIZE)
    film.add(RED, 0.0)
    for file in tmp_path.iterdir():
        file.unlink()
    with pytest.raises(FilmError, match="not written"):
        film.close()
