"""Commitments, which anybody can check with sha256sum."""

import pytest

from rps_game.gestures import Gesture
from rps_game.match.inputs import Commitment, commitment_digest, opens_commitment

# printf rock:00ff | sha256sum
SEAL = "dcbbd3d195ad2782e79017f42a0d5071ae444da5502dec27768a437471c24c5b"


def test_a_seal_is_the_digest_of_move_and_nonce():
    assert commitment_digest(Gesture.ROCK, "00ff") == SEAL
    assert Commitment(Gesture.ROCK, "00ff").seal == SEAL


def test_only_the_same_move_and_nonce_open_a_seal():
    assert opens_commitment(Gesture.ROCK, "00ff", SEAL.upper() + "\n")
    assert not opens_commitment(Gesture.PAPER, "00ff", SEAL)
    assert not opens_commitment(Gesture.ROCK, "00fe", SEAL)


def test_only_a_move_can_be_sealed():
    with pytest.raises(ValueError, match="'none' is not a move"):
        Commitment(Gesture.NONE, "n")
