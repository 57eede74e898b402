import numpy as np
import pytest


@pytest.fixture
def spec(tiny_model, tmp_path):
    """A contestant, without its kind: the tiny model, and two frames that are red."""
    np.save(tmp_path / "frames.npy", np.full((2, 480, 640, 3), (0, 0, 255), np.uint8))
    frames = str(tmp_path / "frames.npy")
    return {"model": str(tiny_model), "threads": 1, "spinning": False, "frames": frames}
