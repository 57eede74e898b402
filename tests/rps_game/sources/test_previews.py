"""Small pictures of all cameras, opened in the background."""

import threading
import time

import numpy as np
import pytest

from rps_game.sources.previews import CameraPreviews


class Opened:
    """A camera that shows its number."""

    def __init__(self, index):
        self.newest = np.full((2, 2, 3), index, np.uint8)
        self.closed = False

    def close(self):
        self.closed = True


class Cameras:
    """Opens cameras, and counts them."""

    def __init__(self, working):
        self.working, self.tried, self.opened = working, [], {}

    def open(self, index):
        self.tried.append(index)
        if index not in self.working:
            return None
        self.opened[index] = Opened(index)
        return self.opened[index]


def finished(previews):
    for _ in range(500):
        if not previews.searching:
            return previews.cameras()
        time.sleep(0.01)
    raise AssertionError("the search does not end")


NAMES = {0: "Front", 1: "Front", 2: "Back", 3: "Busy"}


def test_the_cameras_that_deliver_frames_are_shown():
    system = Cameras({0, 2})
    previews = CameraPreviews(None, lambda: NAMES, system.open)
    found = finished(previews)
    assert [(camera.index, camera.name) for camera in found] == [(0, "Front"), (2, "Back")]
    assert [int(camera.image[0, 0, 0]) for camera in found] == [0, 2]
    assert system.tried == [0, 1, 2, 3]
    previews.close()
    assert all(camera.closed for camera in system.opened.values())


def test_the_current_camera_is_listed_but_not_opened_again():
    system = Cameras({0, 2})
    previews = CameraPreviews(2, lambda: NAMES, system.open)
    assert "Back" in [camera.name for camera in previews.cameras()]  # at once
    found = finished(previews)
    assert [(camera.index, camera.image is None) for camera in found] == [(0, False), (2, True)]
    assert 2 not in system.tried
    previews.close()


@pytest.mark.parametrize(("current", "tried"), [(None, [0, 1, 2, 3, 4]), (1, [0, 2, 3, 4])])
def test_systems_that_list_no_cameras_are_searched(current, tried):
    system = Cameras({0, 2})
    previews = CameraPreviews(current, lambda: None, system.open)
    found = finished(previews)
    assert system.tried == tried
    assert {camera.index for camera in found} == {0, 2} | ({current} - {None})
    assert found[0].name == "camera 0"
    previews.close()


def test_a_camera_that_opens_too_late_is_closed():
    begun, go_on, opened = threading.Event(), threading.Event(), Opened(0)

    def slowly(index):
        begun.set()
        assert go_on.wait(20)
        return opened

    previews = CameraPreviews(None, lambda: {0: "Front", 1: "Back"}, slowly)
    assert begun.wait(20)
    previews.close()  # does not wait for it
    go_on.set()
    finished(previews)
    assert opened.closed
    assert previews.cameras() == ()
