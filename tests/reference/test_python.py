"""Python gives what the reference vectors say; see docs/other-languages.md for how to make them."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from rps_game.match.audit import examine
from tests.reference import answers, matches, networks, preprocessing, tracks
from tests.reference.files import FOLDER, difference, read_image, read_json
from tests.reference.images import IMAGES, path_of
from tests.reference.tolerances import (
    ANSWER,
    MOST_DIFFERENT,
    PIXELS,
    PROBABILITY,
    unequal_share,
)

MAKE = "if this is intended: python -m tests.reference.make"
SAME_ROUNDING = "*AVX2" in cv2.getCPUFeaturesLine()  # as where the vectors were made
EXACT = 1e-9


@pytest.fixture(scope="module")
def preprocessed() -> tuple[dict, preprocessing.Views]:
    return preprocessing.compute()


def test_the_cases_are_those_recorded(preprocessed):
    assert not difference(read_json("preprocessing.json"), preprocessed[0], EXACT), MAKE
    on_disk = {f"views/{path.name}" for path in (FOLDER / "views").glob("*.png")}
    assert on_disk == set(preprocessed[1]), MAKE


def test_views_are_those_recorded(preprocessed):
    most = 0 if SAME_ROUNDING else MOST_DIFFERENT
    shares = {path: unequal_share(read_image(path), view) for path, view in preprocessed[1].items()}
    assert {path: share for path, share in shares.items() if share > most} == {}, MAKE


@pytest.mark.parametrize("move", [(0, 1), (1, 0)])
def test_an_image_that_is_off_by_one_pixel_is_noticed(move):
    _, views = preprocessing.compute(
        lambda name: (
            np.roll(read_image(name), move, axis=(0, 1))
            if "landscape" in name
            else read_image(name)
        )
    )
    off = {
        path
        for path, view in views.items()
        if unequal_share(read_image(path), view) > MOST_DIFFERENT
    }
    shown = ["fit-landscape", "letterbox-landscape", "close-up-0", "close-up-1"]
    assert off == {f"views/{name}.png" for name in shown}


def test_arithmetic_between_the_networks_is_as_recorded():
    assert not difference(read_json("networks.json"), networks.compute(), 1e-6), MAKE


def test_following_hands_is_as_recorded():
    assert not difference(read_json("tracking.json"), tracks.compute(), 1e-6), MAKE


def test_matches_are_as_recorded():
    assert not difference(read_json("rules.json"), matches.compute(), EXACT), MAKE


def test_recorded_matches_pass_the_check_of_logs():
    for session in matches.record():
        verdict = examine(line.encode() for line in session.log)
        assert (session.name, verdict.problems) == (session.name, [])
        assert verdict.results


def test_the_matches_show_everything_that_can_happen():
    events = [
        entry["event"]
        for session in read_json("rules.json")["sessions"]
        for match in session["matches"]
        for entry in match["events"]
    ]
    seen = {name: {event.get(name) for event in events} for name in ("event", "reason", "mode")}
    assert seen["event"] == {
        *("match_started", "round_started", "move_seen", "reveal", "result", "repeated"),
        "match_over",
    }
    reasons = {"no_frames", "no_hand", "unsure", "too_early", "too_late", "changed"}
    assert seen["reason"] == reasons | {None}
    assert seen["mode"] == {"classic", "survival", "timed", None}


@pytest.mark.parametrize("model", answers.models(), ids=lambda model: model.stem)
def test_answers_are_those_recorded(model: Path):
    path = FOLDER / answers.path_of_answers(model)
    make = f"recorded with another model: {MAKE} --answers"
    assert path.exists(), make
    recorded = read_json(answers.path_of_answers(model))
    assert recorded["sha256"] == answers.checksums(model), make
    given = answers.compute(model)
    assert [image["image"] for image in given["images"]] == [path_of(name) for name in IMAGES]
    if "int8" in model.stem:
        _assert_similar(recorded, given)
        return
    for part in ("views", "finder_views"):
        assert not difference(recorded.get(part), given.get(part), PROBABILITY)
    for before, after in zip(recorded["images"], given["images"], strict=True):
        assert not difference(before["probabilities"], after["probabilities"], ANSWER)
        if "landmarks" in before:
            longer = max(read_image(before["image"]).shape)
            most = PIXELS * longer
            assert np.abs(np.subtract(before["landmarks"], after["landmarks"])).max() <= most
            assert np.abs(np.subtract(before["box"], after["box"])).max() <= most + 1


def _assert_similar(recorded: dict, given: dict) -> None:
    """As 8-bit networks can be on different processors (test_recorded_answers.py says why)."""
    for part in ("views", "images"):
        before, after = (
            np.array([row["probabilities"] for row in content[part]])
            for content in (recorded, given)
        )
        assert np.abs(before - after).mean() <= 0.03
        two_best = np.sort(before, axis=1)[:, -2:]
        clear = two_best[:, 1] - two_best[:, 0] > 0.2
        assert (before.argmax(axis=1) == after.argmax(axis=1))[clear].all()


def test_the_files_are_small():
    files = [path for path in FOLDER.rglob("*") if path.suffix in (".json", ".onnx", ".png")]
    assert sum(path.stat().st_size for path in files) < 1.5e6
