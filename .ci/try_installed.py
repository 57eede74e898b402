"""Uses the installed package as a player would: classifies drawn hands, plays the demo.

Run by ``.ci/run`` with the Python of an environment that holds the wheel and nothing else.
"""

import hashlib
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

import rps_game
from rps_game.gestures import MOVES, Gesture, judge
from rps_game.hands import draw_scene

HANDS_PER_MOVE = 20
MIN_ACCURACY = 0.9  # on drawn hands; the model's own test requires more, on more hands


def lines_of(*command: str) -> list[dict[str, object]]:
    """Run a command that prints JSON lines; it must succeed and print no error."""
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if run.returncode != 0 or run.stderr:
        sys.exit(f"{' '.join(command)}: exit status {run.returncode}\n{run.stderr}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def try_classify() -> None:
    """Classify drawn hands in a folder."""
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        for move in MOVES:
            for number in range(HANDS_PER_MOVE):
                scene = draw_scene(move, rng, 256)
                name = Path(folder, move.value, f"{number}.png")
                name.parent.mkdir(exist_ok=True)
                cv2.imwrite(str(name), cv2.cvtColor(scene, cv2.COLOR_RGB2BGR))
        rows = lines_of("rps-classify", "--json", folder)
    correct = sum(Path(str(row["path"])).parent.name == row["gesture"] for row in rows)
    print(f"rps-classify: {correct} of {len(rows)} drawn hands classified correctly")
    if len(rows) != HANDS_PER_MOVE * len(MOVES) or correct < MIN_ACCURACY * len(rows):
        sys.exit("too few are correct")


def try_play() -> None:
    """Play the demo, and check the seals and the rules independently."""
    events = lines_of("rps-play", "--demo", "--headless", "--json", "--best-of", "3", "--seed", "1")
    seals = {event["round"]: event["seal"] for event in events if event["event"] == "round_started"}
    for event in events:
        if event["event"] == "reveal":
            opened = hashlib.sha256(f"{event['move']}:{event['nonce']}".encode()).hexdigest()
            if opened != seals[event["round"]]:
                sys.exit(f"the seal was broken: {event}")
        if event["event"] == "result":
            player, computer = Gesture(event["player"]), Gesture(event["computer"])
            print(f"rps-play: {player} against {computer}: {event['outcome']}")
            if event["outcome"] != judge(player, computer):
                sys.exit(f"wrong outcome: {event}")
    last = events[-1]
    if last["event"] != "match_over" or not last["complete"]:
        sys.exit(f"the match was not played to its end: {last}")


if __name__ == "__main__":
    if "site-packages" not in str(rps_game.__file__):
        sys.exit(f"not the installed package: {rps_game.__file__}")
    if importlib.util.find_spec("tensorflow"):
        sys.exit("TensorFlow is installed: this would not show that it is not needed")
    try_classify()
    try_play()
