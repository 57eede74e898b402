"""The citation names the version that there is."""

from pathlib import Path

import rps_game

CITATION = Path(__file__).resolve().parents[2] / "CITATION.cff"


def test_the_version_is_that_of_the_package():
    assert f"version: {rps_game.__version__}" in CITATION.read_text(encoding="utf-8").splitlines()
