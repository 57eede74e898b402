"""Soak test: plays the real game with a camera that numbers its frames; latency, drops, memory.

    python -m benchmarks.soak --minutes 10
    python -m benchmarks.soak --minutes 10 --demo --sound
    xvfb-run python -m benchmarks.soak --minutes 30 --window --json

The camera is synthetic, with a drawn player who plays match after match; the rest is what
`rps-play` runs: the reading thread, the shipped model, the composed screen and, with --window, the
window. Latency is measured from the moment the camera delivers a frame to the return of `show`.
With --demo, the game plays its own demo instead, and each frame's duration is measured.
"""

import json
import sys
from dataclasses import asdict

import click
import cv2

from benchmarks.soak.demo import soak_demo
from benchmarks.soak.live import SIZES, soak
from rps_game.game.effects import Effects
from rps_game.sound.announcer import Announcer
from rps_game.sound.speaker import Speaker
from rps_game.ui.cards import predraw_hands
from rps_game.ui.translations import load_texts
from rps_game.ui.window import Window


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--minutes", type=click.FloatRange(0.05), default=10.0, show_default=True)
@click.option(
    "--warm-up",
    metavar="SECONDS",
    type=click.FloatRange(0),
    default=60.0,
    show_default=True,
    help="Time before the measurement, so that every hand has been drawn once.",
)
@click.option("--size", type=click.Choice(list(SIZES)), default="640x480", show_default=True)
@click.option("--window", is_flag=True, help="Show a window; otherwise screens are only composed.")
@click.option("--demo", is_flag=True, help="The game's own demo instead of a camera.")
@click.option("--sound", is_flag=True, help="Play the sounds.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def main(
    minutes: float,
    warm_up: float,
    size: str,
    window: bool,
    demo: bool,
    sound: bool,
    seed: int,
    as_json: bool,
) -> None:
    """Play match after match, and report latency, dropped frames, CPU load and memory."""
    if not sys.platform.startswith("linux"):
        raise click.UsageError("memory is read from /proc: this needs Linux")
    cv2.setNumThreads(1)  # as the commands do
    predraw_hands()  # as the game does when it starts
    effects = make_effects(sound)
    if demo:
        opened = Window() if window else None
        result = asdict(soak_demo(minutes, warm_up, opened, seed, effects))
    else:
        result = asdict(soak(minutes, warm_up, size, window, seed, effects))
    if effects.announcer is not None:
        click.echo(effects.sound_line(load_texts()), err=True)
        effects.announcer.close()
    rounded = {k: round(v, 3) if isinstance(v, float) else v for k, v in result.items()}
    if as_json:
        click.echo(json.dumps(rounded))
        return
    for name, value in rounded.items():
        click.echo(f"{name:18} {value}")


def make_effects(sound: bool) -> Effects:
    """Celebrations, and sounds if they are wanted."""
    return Effects(Announcer(Speaker()) if sound else None, celebrate=True)


if __name__ == "__main__":
    main()
