"""Invalid settings are rejected."""

import pytest

from rps_game.match.rules import LIVE, RECORDED, Rules, Timing


@pytest.mark.parametrize(
    "wrong", [{"best_of": 0}, {"confidence": 1.1}, {"confidence": -0.1}, {"patience": 0}]
)
def test_impossible_rules(wrong):
    with pytest.raises(ValueError, match="must be"):
        Rules(**wrong)


@pytest.mark.parametrize(
    "wrong", [{"window": 0}, {"countdown": -1}, {"settle": -1}, {"pause": -1}, {"watch": -1},
              {"min_pause": -0.1}]
)  # fmt: skip
def test_impossible_times(wrong):
    with pytest.raises(ValueError, match="times must not be negative"):
        Timing(**wrong)


def test_a_round_is_as_long_as_its_phases():
    assert RECORDED.round == pytest.approx(1.0)
    assert LIVE.round == pytest.approx(1.8 + 0.25 + 0.75 + 2.6)


@pytest.mark.parametrize(("best_of", "needed"), [(1, 1), (2, 2), (3, 2), (99, 50)])
def test_the_majority(best_of, needed):
    assert Rules(best_of=best_of).needed == needed
