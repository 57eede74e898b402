"""What `benchmarks.latency` lets compete, each in a process of its own: a frame in, an answer out.

The command line says which contestant a process is. Requests come on standard input, a JSON object
a line: `{"frames": 200}` answers as fast as it can, `{"seconds": 2}` as frames come at 30 a
second. MediaPipe needs an environment of its own, so nothing but NumPy and OpenCV may be imported
before it is known to be needed.
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
"""Frames in a row that show the same: hands stay for a while, which trackers make use of."""
WARM_UP = 5


def game(spec: dict[str, Any]) -> Answer:
    """The game's own way, from the camera's BGR to a prediction."""
    from rps_game.recognition.classifier import Classifier

    cv2.setNumThreads(1)  # as the commands have it
    classifier = Classifier(spec["model"], spec["threads"], spinning=spec["spinning"])
    look = _looking()
    return lambda frame: str(classifier.classify(look(frame)).gesture)


def opencv_dnn(spec: dict[str, Any]) -> Answer:
    """OpenCV's own network module, on the file as it is."""
    fitted, labels = _fitted(spec)
    cv2.setNumThreads(spec["threads"])
    network = cv2.dnn.readNetFromONNX(spec["model"])

    def answer(frame: Frame) -> str:
        network.setInput(fitted(frame))
        return labels[int(network.forward()[0].argmax())]

    return answer


def keras_predict(spec: dict[str, Any]) -> Answer:
    """`predict` of a Keras model, which is what most programs call."""
    tf = _tensorflow(spec)
    import keras

    from training.models.contract import OUTPUT, SIGNATURE

    fitted, labels = _fitted(spec)
    layer = keras.layers.TFSMLayer(spec["saved_model"], call_endpoint=SIGNATURE)
    image = keras.Input(fitted(np.zeros((48, 64, 3), np.uint8)).shape[1:], dtype=tf.uint8)
    model = keras.Model(image, layer(image))
    return lambda frame: labels[int(model.predict(fitted(frame), verbose=0)[OUTPUT][0].argmax())]


def tensorflow_call(spec: dict[str, Any]) -> Answer:
    """The same graph called as a function, without what `predict` does around it."""
    tf = _tensorflow(spec)
    from training.models.contract import INPUT, OUTPUT, SIGNATURE

    fitted, labels = _fitted(spec)
    loaded = tf.saved_model.load(spec["saved_model"])

    def answer(frame: Frame) -> str:
        outputs = loaded.signatures[SIGNATURE](**{INPUT: tf.constant(fitted(frame))})
        return labels[int(outputs[OUTPUT].numpy()[0].argmax())]

    return answer


def mediapipe(spec: dict[str, Any]) -> Answer:
    """MediaPipe Hands: whether there is a hand; rules that name the gesture take no time."""
    from mediapipe.python.solutions.hands import Hands

    hands = Hands(static_image_mode=not spec["tracking"], max_num_hands=1)

    def answer(frame: Frame) -> str:
        found = hands.process(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)).multi_hand_landmarks
        return "hand" if found else "none"

    return answer


KINDS = {
    maker.__name__: maker for maker in (game, opencv_dnn, keras_predict, tensorflow_call, mediapipe)
}


class _Camera:
    """What `Capture` needs of a camera."""

    frame: Frame

    def read(self) -> tuple[bool, Frame]:
        return True, self.frame

    def get(self, _: int) -> float:
        return 0.0

    def set(self, _: int, __: float) -> bool:
        return False

    def release(self) -> None:
        pass


def _looking() -> Callable[[Frame], Frame]:
    """What the game looks at of a camera's frame: RGB, the square in the middle."""
    from rps_game.recognition.regions import middle
    from rps_game.sources.capture import Capture

    camera: Any = _Camera()
    capture = Capture(camera)

    def look(frame: Frame) -> Frame:
        camera.frame = frame
        image = capture.grab()
        assert image is not None
        return np.ascontiguousarray(middle(image.shape, live=True).of(image))

    return look


def _fitted(spec: dict[str, Any]) -> tuple[Callable[[Frame], Frame], tuple[str, ...]]:
    """The game's way up to the network's input [1, S, S, 3], and the labels of its output."""
    from rps_game.recognition.classifier import Classifier
    from rps_game.recognition.resize import fit

    shipped = Classifier(spec["model"])
    look, size = _looking(), shipped.size
    return lambda frame: fit(look(frame), size)[None], shipped.labels


def _tensorflow(spec: dict[str, Any]) -> Any:
    from training.console.output import quiet_tensorflow

    quiet_tensorflow()
    import tensorflow as tf

    tf.config.set_visible_devices([], "GPU")
    tf.config.threading.set_intra_op_parallelism_threads(spec["threads"])
    tf.config.threading.set_inter_op_parallelism_threads(spec["threads"])
    return tf


def times(answer: Answer, frames: Iterator[Frame], number: int) -> list[float]:
    """Seconds for each of some frames, one after the other."""
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
    """How many processors the whole process keeps busy while frames come at a camera's rate."""
    began, spent = time.perf_counter(), time.process_time()
    for number in range(1, round(seconds * RATE) + 1):
        answer(next(frames))
        time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
    return (time.process_time() - spent) / (time.perf_counter() - began)


def main() -> None:
    """Become a contestant and compete until standard input ends."""
    # Libraries print where they like; what is said to the benchmark must not be mixed with it.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(message: object) -> None:
        print(json.dumps(message), file=channel, flush=True)

    spec = json.loads(sys.argv[1])
    images = np.load(spec["frames"])
    frames = (images[number // HELD % len(images)] for number in count())
    try:
        answer = KINDS[spec["kind"]](spec)
        say({"answers": [answer(image) for image in images]})
    except Exception as error:  # of any library: said in its row of the table
        say({"error": f"{type(error).__name__}: {str(error).strip().splitlines()[:1]}"})
        return
    for line in sys.stdin:
        request = json.loads(line)
        if "frames" in request:
            say(times(answer, frames, request["frames"]))
        else:
            say(cores(answer, frames, request["seconds"]))


if __name__ == "__main__":
    main()
