"""Writes docs/pictures/round.webp: one round of the demo, as README shows it.

    python docs/make_animation.py

Records a match between a drawn player and the computer, cuts its first round out of the video and
writes that as an animated WebP. Every run with the same versions gives the same images.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2

OUTPUT = Path(__file__).resolve().parent / "pictures" / "round.webp"
SIZE = 640, 360
FPS = 15
QUALITY = 75
SEED = 13  # the player wins the first round
START = 0.15  # seconds; the drawn player has appeared by then


def record_match(folder: Path) -> tuple[Path, float]:
    """Play a match without a window.

    Returns:
        Its video, and the time in seconds when its second round begins.
    """
    video = folder / "match.mp4"
    options = ["--demo", "--headless", "--json", "--seed", str(SEED)]
    command = [sys.executable, "-m", "rps_game.play", *options, "--record", str(video)]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    events = [json.loads(line) for line in lines.splitlines()]
    starts = [event["time"] for event in events if event["event"] == "round_started"]
    return video, starts[1]


def read_frames(video: Path, start: float, end: float) -> list[cv2.typing.MatLike]:
    """Read a part of a video, in ``SIZE`` and at ``FPS`` frames per second (BGR)."""
    capture = cv2.VideoCapture(str(video))
    rate = capture.get(cv2.CAP_PROP_FPS)
    frames = []
    for number in range(int(end * rate)):
        grabbed, frame = capture.read()
        if not grabbed:
            raise RuntimeError(f"{video} ends after {number} frames")
        if number >= start * rate and number % round(rate / FPS) == 0:
            frames.append(cv2.resize(frame, SIZE, interpolation=cv2.INTER_AREA))
    capture.release()
    return frames


def main() -> None:
    """Record, cut and write."""
    with tempfile.TemporaryDirectory() as folder:
        video, end = record_match(Path(folder))
        frames = read_frames(video, START, end)
    animation = cv2.Animation()
    animation.frames = frames
    animation.durations = [round(1000 / FPS)] * len(frames)
    if not cv2.imwriteanimation(str(OUTPUT), animation, [cv2.IMWRITE_WEBP_QUALITY, QUALITY]):
        raise OSError(f"cannot write {OUTPUT}")
    print(f"{OUTPUT}: {len(frames)} frames, {OUTPUT.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
