import numpy as np

from benchmarks import contestants


def test_the_close_look_follows_a_hand(tiny_pair, tmp_path):
    frame = np.zeros((480, 640, 3), np.uint8)
    frame[150:250, 300:400] = 0, 0, 255
    np.save(tmp_path / "frames.npy", frame[None])
    frames = str(tmp_path / "frames.npy")
    spec = {"model": str(tiny_pair), "threads": 1, "spinning": False, "frames": frames}
    assert contestants.look_alone(spec)(frame) == "rock"
    frame[150:250, 300:400] = 255, 0, 0
    assert contestants.look_alone(spec)(frame) == "scissors"


def test_game_classifies_the_central_square_of_a_bgr_frame(spec):
    frame = np.zeros((480, 640, 3), np.uint8)
    frame[:, 80:560] = 0, 0, 255
    frame[:, :80] = frame[:, 560:] = 255, 0, 0
    assert contestants.game(spec)(frame) == "rock"  # for the tiny model, red
