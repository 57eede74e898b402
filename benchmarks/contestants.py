"""The contestants of `benchmarks.latency`, each in a separate process: a frame in, an answer out.

The command line selects the contestant. Requests come on standard input, one JSON object per line:
`{"frames": 200}` processes frames as fast as possible, `{"seconds": 2}` as they arrive at 30 fps.
MediaPipe needs a separate environment, so only NumPy and OpenCV may be imported at the top.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
Answer = Callable[[Frame], str]

RATE = 30
HELD = 15
"""Consecutive frames with the same content: a hand stays in view for a while, which helps trackers.
"""
WARM_UP = 5


def game(spec: dict[str, Any]) -> Answer:
    """The game's own path, from the camera's BGR to a prediction.

    A model that finds hands follows none from frame to frame here: it looks twice at each frame.
    """
    from rps_game.recognition.classifier import Classifier
    from rps_game.recognition.tracking import HandTracker

    cv2.setNumThreads(1)  # as the commands do
    classifier = Classifier(spec["model"], spec["threads"], spinning=spec["spinning"])
    looks = classifier.two_looks
    crop = _cropping()

    def answer(frame: Frame) -> str:
        if looks is None:
            return str(classifier.classify(crop(frame)).gesture)
        rows, _ = HandTracker(looks).follow([crop(frame)], time=0.0)
        return looks.labels[int(rows[0].argmax())]

    return answer


def look_alone(spec: dict[str, Any]) -> Answer:
    """A frame in which the game follows a hand: one close look where it was, and no search."""
    from rps_game.recognition.classifier import Classifier

    cv2.setNumThreads(1)  # as the commands do
    looks = Classifier(spec["model"], spec["threads"], spinning=spec["spinning"]).two_looks
    assert looks is not None, "the model has only one look"
    crop = _cropping()
    found = looks.search([crop(np.load(spec["frames"])[0])])

    def answer(frame: Frame) -> str:
        closer = looks.look_closely([crop(frame)], found.hands)
        row = looks.combine(closer.probabilities, found.scores)[0]
        return looks.labels[int(row.argmax())]

    return answer


def opencv_dnn(spec: dict[str, Any]) -> Answer:
    """OpenCV's own network module, with the unchanged file."""
    fitted, labels = _fitted(spec)
    cv2.setNumThreads(spec["threads"])
    network = cv2.dnn.readNetFromONNX(spec["model"])

    def answer(frame: Frame) -> str:
        network.setInput(fitted(frame))
        return labels[int(network.forward()[0].argmax())]

    return answer


def keras_predict(spec: dict[str, Any]) -> Answer:
    """`predict` of a Keras model, as most programs call it."""
    tf = _tensorflow(spec)
    import keras

    from training.models.contract import OUTPUT, SIGNATURE

    fitted, labels = _fitted(spec)
    layer = keras.layers.TFSMLayer(spec["saved_model"], call_endpoint=SIGNATURE)
    image = keras.Input(fitted(np.zeros((48, 64, 3), np.uint8)).shape[1:], dtype=tf.uint8)
    model = keras.Model(image, layer(image))
    return lambda frame: labels[int(model.predict(fitted(frame), verbose=0)[OUTPUT][0].argmax())]


def tensorflow_call(spec: dict[str, Any]) -> Answer:
    """The same graph called as a function, without the overhead of `predict`."""
    tf = _tensorflow(spec)
    from training.models.contract import INPUT, OUTPUT, SIGNATURE

    fitted, labels = _fitted(spec)
    loaded = tf.saved_model.load(spec["saved_model"])

    def answer(frame: Frame) -> str:
        outputs = loaded.signatures[SIGNATURE](**{INPUT: tf.constant(fitted(frame))})
        return labels[int(outputs[OUTPUT].numpy()[0].argmax())]

    return answer


def mediapipe(spec: dict[str, Any]) -> Answer:
    """MediaPipe Hands: detects a hand; the time of rules that name the gesture is negligible."""
    from mediapipe.python.solutions.hands import Hands

    hands = Hands(static_image_mode=not spec["tracking"], max_num_hands=1)

    def answer(frame: Frame) -> str:
        found = hands.process(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)).multi_hand_landmarks
        return "hand" if found else "none"

    return answer


KINDS = {
    maker.__name__: maker
    for maker in (game, look_alone, opencv_dnn, keras_predict, tensorflow_call, mediapipe)
}


class _Camera:
    """Provides what `Capture` needs from a camera."""

    frame: Frame

    def read(self) -> tuple[bool, Frame]:
        return True, self.frame

    def get(self, _: int) -> float:
        return 0.0

    def set(self, _: int, __: float) -> bool:
        return False

    def release(self) -> None:
        pass


def _cropping() -> Callable[[Frame], Frame]:
    """The part of a camera's frame that the game classifies: the central square, in RGB."""
    from rps_game.recognition.regions import central_region
    from rps_game.sources.capture import Capture

    camera: Any = _Camera()
    capture = Capture(camera)

    def crop(frame: Frame) -> Frame:
        camera.frame = frame
        image = capture.grab()
        assert image is not None
        return np.ascontiguousarray(central_region(image.shape, live=True).of(image))

    return crop


def _fitted(spec: dict[str, Any]) -> tuple[Callable[[Frame], Frame], tuple[str, ...]]:
    """The game's preprocessing up to the input [1, S, S, 3], and the labels of the output."""
    from rps_game.recognition.classifier import Classifier
    from rps_game.recognition.resize import fit

    shipped = Classifier(spec["model"])
    crop, size = _cropping(), shipped.size
    return lambda frame: fit(crop(frame), size)[None], shipped.labels


def _tensorflow(spec: dict[str, Any]) -> Any:
    from training.console.output import quiet_tensorflow

    quiet_tensorflow()
    import tensorflow as tf

    tf.config.set_visible_devices([], "GPU")
    tf.config.threading.set_intra_op_parallelism_threads(spec["threads"])
    tf.config.threading.set_inter_op_parallelism_threads(spec["threads"])
    return tf


def times(answer: Answer, frames: Iterator[Frame], number: int) -> list[float]:
    """Seconds for each of a number of frames, one after the other."""
    for _ in range(WARM_UP):
        answer(next(frames))
    taken = []
    for _ in range(number):
        frame = next(frames)
        began = time.perf_counter()
        answer(frame)
        taken.append(time.perf_counter() - began)
    return taken


def cores(answer: Answer, frames: Iterator[Frame], seconds: float) -> float:
    """Cores that the whole process keeps busy while frames arrive at a camera's rate."""
    began, spent = time.perf_counter(), time.process_time()
    for number in range(1, round(seconds * RATE) + 1):
        answer(next(frames))
        time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
    return (time.process_time() - spent) / (time.perf_counter() - began)


def main() -> None:
    """Run the selected contestant until standard input ends."""
    # Libraries may print anything on stdout; keep that separate from the messages to the benchmark.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def send(message: object) -> None:
        print(json.dumps(message), file=channel, flush=True)

    spec = json.loads(sys.argv[1])
    images = np.load(spec["frames"])
    frames = (images[number // HELD % len(images)] for number in count())
    try:
        answer = KINDS[spec["kind"]](spec)
        send({"answers": [answer(image) for image in images]})
    except Exception as error:  # from any library; the table shows it in this contestant's row
        send({"error": f"{type(error).__name__}: {str(error).strip().splitlines()[:1]}"})
        return
    for line in sys.stdin:
        request = json.loads(line)
        if "frames" in request:
            send(times(answer, frames, request["frames"]))
        else:
            send(cores(answer, frames, request["seconds"]))


if __name__ == "__main__":
    main()
