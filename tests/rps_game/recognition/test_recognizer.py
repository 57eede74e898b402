"""Which parts of a frame are classified, how often, and how long that takes."""

import numpy as np
import pytest

from rps_game.recognition.classifier import Classifier
from rps_game.recognition.recognizer import HandRecognizer
from rps_game.recognition.regions import Region


class Brightness:
    """A model that distinguishes dark and bright images, and records its inputs."""

    labels, two_looks = ("dark", "bright"), None

    def __init__(self):
        self.batches = []

    def probabilities(self, images):
        self.batches.append([image.shape for image in images])
        assert all(image.flags.c_contiguous for image in images)
        means = [image.mean() / 255 for image in images]
        return np.array([[1 - mean, mean] for mean in means], np.float32)


# Left half dark, right half bright; the central square is half of each.
FRAME = np.zeros((40, 80, 3), np.uint8)
FRAME[:, 40:] = 255


def recognize(image=FRAME, **options):
    model = Brightness()
    options = {"live": False, "two_players": False, "swapped": False} | options
    return HandRecognizer(model, **options).recognize(image), model


def test_only_the_central_square_of_a_live_frame_counts():
    frame, model = recognize(live=True)
    assert model.batches == [[(40, 40, 3)]]
    (hand,) = frame.hands
    assert hand.region == Region(20, 0, 40, 40)
    assert hand.probabilities == {"dark": 0.5, "bright": 0.5}
    assert frame.image is FRAME


def test_the_whole_frame_of_a_recording_counts():
    frame, model = recognize()
    assert model.batches == [[FRAME.shape]]
    assert frame.hands[0].region == Region(0, 0, 80, 40)


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize(("swapped", "left", "right"), [(False, 0, 40), (True, 40, 0)])
def test_two_players_are_classified_together(live, swapped, left, right):
    frame, model = recognize(live=live, two_players=True, swapped=swapped)
    assert model.batches == [[(40, 40, 3)] * 2]
    assert [hand.region for hand in frame.hands] == [
        Region(left, 0, 40, 40),
        Region(right, 0, 40, 40),
    ]
    assert [hand.probabilities["bright"] for hand in frame.hands] == [left / 40, right / 40]


def test_the_same_image_is_classified_once():
    model = Brightness()
    recognizer = HandRecognizer(model, live=True, two_players=False, swapped=False)
    first = recognizer.recognize(FRAME)
    latency = recognizer.latency
    assert recognizer.recognize(FRAME) is first
    assert recognizer.latency == latency > 0
    assert len(model.batches) == 1
    again = recognizer.recognize(FRAME.copy())
    assert again is not first
    assert len(model.batches) == 2


def test_frames_per_second_are_a_running_mean():
    recognizer = HandRecognizer(Brightness(), live=True, two_players=False, swapped=False)
    recognizer.count_frame(5.0)
    assert recognizer.fps == 0.0
    recognizer.count_frame(5.1)
    assert recognizer.fps == pytest.approx(10)
    recognizer.count_frame(5.15)
    assert recognizer.fps == pytest.approx(11)
    for time in (5.15, 1.0):  # the same moment, or a step back, says nothing about the rate
        recognizer.count_frame(time)
        assert recognizer.fps == pytest.approx(11)
    recognizer.count_frame(1.05)
    assert recognizer.fps == pytest.approx(11.9)


def test_a_camera_may_change_its_size(tiny_model):
    model = Classifier(tiny_model)
    recognizer = HandRecognizer(model, live=True, two_players=False, swapped=True)
    for height, width in [(480, 640), (720, 1280), (2, 2), (640, 480), (2, 2000)]:
        frame = recognizer.recognize(np.full((height, width, 3), (0, 250, 0), np.uint8))
        seen = frame.hands[0].probabilities
        assert max(seen, key=seen.get) == "paper"


def scene(left, top, colour=(0, 250, 0), shape=(240, 320)):
    """A bright square of 60 pixels on black."""
    image = np.zeros((*shape, 3), np.uint8)
    image[top : top + 60, left : left + 60] = colour
    return image


def close_to(hand, left, top):
    points = np.array(hand.landmarks)
    assert points.shape == (21, 2)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    assert middle == pytest.approx((left + 30, top + 30), abs=3)
    assert hand.box == pytest.approx((left, top, 60, 60), abs=4)


def test_hands_are_found_in_pixels_of_the_frame(tiny_pair):
    recognizer = HandRecognizer(Classifier(tiny_pair), live=True, two_players=False, swapped=False)
    for number in range(12):  # it moves, and the finder searches now and then
        left = 100 + 8 * number
        (hand,) = recognizer.recognize(scene(left, 90), number / 30).hands
        assert hand.region == Region(40, 0, 240, 240)
        close_to(hand, left, 90)
        assert max(hand.probabilities, key=hand.probabilities.get) == "paper"


@pytest.mark.parametrize(("live", "ahead"), [(True, 2), (False, 0)])
def test_looking_ahead_spares_the_next_frame_a_search_but_does_not_change_recordings(
    tiny_pair, live, ahead
):
    """The others are in the first frame and, without looking ahead, in every fifth."""
    looks, waiting, searches = Classifier(tiny_pair).two_looks, [False], []

    class Counted:
        labels, look_closely, combine = looks.labels, looks.look_closely, looks.combine

        def search(self, images):
            searches.append(waiting[0])
            return looks.search(images)

    class Model:
        labels, two_looks = looks.labels, Counted()

    recognizer = HandRecognizer(Model(), live, two_players=False, swapped=False)
    for number in range(11):
        waiting[0] = False
        recognizer.recognize(scene(100 + 8 * number, 90), number / 30)
        waiting[0] = True
        recognizer.look_ahead()
    assert (len(searches), sum(searches)) == (3, ahead)


@pytest.mark.parametrize("swapped", [False, True])
def test_each_player_has_a_hand(tiny_pair, swapped):
    model = Classifier(tiny_pair)
    recognizer = HandRecognizer(model, live=True, two_players=True, swapped=swapped)
    for number in range(8):
        image = scene(20 + 5 * number, 90)
        image |= scene(220, 20 + 10 * number, (250, 0, 0))
        hands = recognizer.recognize(image, number / 30).hands
        left, right = hands[::-1] if swapped else hands
        close_to(left, 20 + 5 * number, 90)
        close_to(right, 220, 20 + 10 * number)
        assert left.probabilities["paper"] > 0.9 < right.probabilities["rock"]


def test_a_camera_that_changes_its_size_is_searched_again(tiny_pair):
    recognizer = HandRecognizer(Classifier(tiny_pair), live=True, two_players=False, swapped=False)
    close_to(recognizer.recognize(scene(100, 90), 0.0).hands[0], 100, 90)
    for number, shape in enumerate([(480, 640), (2, 2), (640, 480), (2, 2000), (480, 640)], 1):
        if min(shape) > 100:
            frame = recognizer.recognize(scene(300, 300, shape=shape), number / 30)
            close_to(frame.hands[0], 300, 300)
        else:
            frame = recognizer.recognize(np.full((*shape, 3), 200, np.uint8), number / 30)
            assert frame.hands[0].box.of(frame.image).size


def test_a_model_of_one_file_does_not_say_where_hands_are(tiny_model):
    recognizer = HandRecognizer(Classifier(tiny_model), live=True, two_players=False, swapped=False)
    (hand,) = recognizer.recognize(scene(100, 90)).hands
    assert (hand.box, hand.landmarks) == (None, None)
