"""Animated players for machines without a camera: they shake a fist in time, then show a move.

A player follows the match as a person follows the screen, and chooses moves without knowing those
of the computer. rps_game.hands draws the hands, in the background: a round's hands take longer to
draw than a frame lasts, so they are drawn during the pause before it.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from itertools import count
from math import pi, sin

import numpy as np

from rps_game.arrays import Image
from rps_game.blending import paste
from rps_game.gestures import MOVES, Gesture
from rps_game.hands import HandLook, draw_hand, draw_scene, random_look
from rps_game.hands.backgrounds import background
from rps_game.match import State, beat
from rps_game.match.state import Phase
from rps_game.sources.base import Frame
from rps_game.sources.recorded import RecordedSource

_WIDTH, _HEIGHT = 640, 480
_SIDE = 600  # of the square that the hand is drawn in; its lower edge stays below the frame
_REST = 0.5 * _HEIGHT + 0.5 * _SIDE - _HEIGHT + 30  # pixels below it when the hand is at rest
_SHAKE = 60  # pixels that the fist rises on each beat
_OPENING = 0.12  # seconds from fist to move; the hand is open before the window opens
_HOLDING = 1.6  # seconds that the move is still shown after the window
_SCENE = 0.5  # seconds that demo_hands shows each hand
_OPENNESS = 0.0, 0.5, 1.0  # of the hands that are drawn, from fist to move


DrawHand = Callable[[Gesture, HandLook, int, float], Image]
"""Draws a gesture with an appearance, a size in pixels and an openness from 0 to 1, as RGBA."""


@dataclass(frozen=True)
class _Player:
    """A player in one round."""

    move: Gesture
    scene: Image
    hands: tuple[Image, ...]  # from fist to move


class DemoSource:
    """Frames of animated players at a fixed frame rate, with a time of their own.

    Attributes:
        shown: The moves that they have shown, round by round, from left to right.

    Examples:
        >>> source = DemoSource(seed=1)
        >>> source.read().image.shape
        (480, 640, 3)
    """

    name = "demo"
    live = False
    mirror = False
    seconds_without_frame: float | None = None

    def __init__(
        self,
        seed: int | None = None,
        fps: float = 30.0,
        players: int = 1,
        draw: DrawHand = draw_hand,
    ) -> None:
        """Animate players.

        Args:
            seed: The same seed gives the same moves and appearances; None uses the system's
                entropy.
            fps: Frames per second.
            players: 1, or 2 side by side.
            draw: Draws the hands.
        """
        # Moves and appearances have separate random streams, so that changes in how hands are
        # drawn do not change what is played.
        self._moves = random.Random(f"demo:{seed}") if seed is not None else random.SystemRandom()
        self._appearances = np.random.default_rng(seed)
        self._fps = fps
        self._draw = draw
        self._count = 0
        self._state: State | None = None
        self._players = self._draw_players([Gesture.ROCK] * players)
        self._next: Future[list[_Player]] | None = None  # the players of the next round
        self._ready = False  # whether the current players have not played yet
        self._round: tuple[int, int, float] | None = None
        # Imitations have a random stream of their own too: they are drawn at the same time.
        self._imitator = (
            np.random.default_rng() if seed is None else np.random.default_rng([seed, 1])
        )
        self._asked: Gesture | None = None
        self._imitation: Future[list[_Player]] | None = None
        self._imitators: list[_Player] = []  # the latest that were drawn
        self.shown: list[Gesture] = []

    def follow(self, state: State) -> None:
        """Follow the match: choose another move, scene and hand for each new round."""
        self._state = state
        match state.phase:
            case Phase.COUNTDOWN:
                current = (state.round, state.attempt, state.since)
                if current != self._round:
                    self._round = current
                    self._change_players()
                    self._ready = False
                    self.shown.extend(player.move for player in self._players)
            case Phase.READY if not state.untouched:  # a moment between two rounds
                self._change_players()
            case Phase.READY | Phase.REVEAL | Phase.REPEAT:
                self._draw_ahead()
            case _:
                pass

    def imitate(self, move: Gesture | None) -> None:
        """Show a move instead of following the match, as soon as it is drawn.

        Args:
            move: The move; None to follow the match again.
        """
        self._asked = move
        self._imitation = None
        if move is None:
            self._imitators = []
            return
        moves = [move] * len(self._players)
        self._imitation = _in_background(lambda: self._draw_players(moves, self._imitator))

    def read(self) -> Frame:
        """The next frame; there is always one."""
        time = self._count / self._fps
        self._count += 1
        players = self._players
        openness, height = self._pose(time)
        if self._asked is not None:
            players = self._imitating() or players
            openness, height = float(players is self._imitators), 0.0
        images = []
        for player in players:
            hand = player.hands[round(openness * (len(player.hands) - 1))]
            images.append(_place(player.scene, hand, round(_REST - height)))
        return Frame(images[0] if len(images) == 1 else np.hstack(images), time)

    def _imitating(self) -> list[_Player]:
        """The players who show the move; those of the move before while it is being drawn."""
        if self._imitation is not None and self._imitation.done():
            self._imitators, self._imitation = self._imitation.result(), None
        return self._imitators

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def _pose(self, time: float) -> tuple[float, float]:
        """How far the hand has opened (0 to 1) and how high it is held (pixels)."""
        state = self._state
        if state is None:
            return 0.0, 0.0
        since = time - state.since
        match state.phase:
            case Phase.COUNTDOWN if time < state.shoot:
                return 0.0, _SHAKE * sin(pi * beat(state, time)[1])
            case Phase.COUNTDOWN:
                return min(1.0, (time - state.shoot) / _OPENING), 0.0
            case Phase.WINDOW:
                return 1.0, 0.0
            case Phase.REVEAL | Phase.REPEAT:
                return 1.0, -max(0.0, since - _HOLDING) * 2 * _HEIGHT
            case _:
                return 0.0, 0.0

    def _draw_ahead(self) -> Future[list[_Player]]:
        """Begin to draw the players of the next round, unless this has been done."""
        if self._next is None:
            moves = [self._moves.choice(MOVES) for _ in self._players]
            self._next = _in_background(lambda: self._draw_players(moves))
        return self._next

    def _change_players(self) -> None:
        """Show the players of the next round, once."""
        if not self._ready:
            self._players = self._draw_ahead().result()
            self._next, self._ready = None, True

    def _draw_players(
        self, moves: list[Gesture], appearances: np.random.Generator | None = None
    ) -> list[_Player]:
        return [self._new_player(move, appearances or self._appearances) for move in moves]

    def _new_player(self, move: Gesture, appearances: np.random.Generator) -> _Player:
        look = _friendly(random_look(appearances))
        scene = background(appearances, _WIDTH)[:_HEIGHT]
        hands = tuple(self._draw(move, look, _SIDE, openness) for openness in _OPENNESS)
        return _Player(move, np.ascontiguousarray(scene.round().astype(np.uint8)), hands)


def demo_hands(gesture: Gesture, rng: np.random.Generator) -> RecordedSource:
    """Drawn hands that all show one gesture, each in front of a different background.

    Args:
        gesture: What they show.
        rng: Chooses hands and backgrounds.

    Examples:
        >>> source = demo_hands(Gesture.PAPER, np.random.default_rng(0))
        >>> source.read().image.shape
        (480, 480, 3)
    """
    scenes = ((draw_scene(gesture, rng, _HEIGHT), number * _SCENE) for number in count())
    return RecordedSource(DemoSource.name, scenes)


def _in_background(draw: Callable[[], list[_Player]]) -> Future[list[_Player]]:
    """Draw in a thread that ends with the drawing; the result raises what the drawing raised."""
    future: Future[list[_Player]] = Future()

    def run() -> None:
        try:
            future.set_result(draw())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name="demo").start()
    return future


def _friendly(look: HandLook) -> HandLook:
    """The same appearance with a hand that is easy to recognize: upright, central, well lit."""
    return replace(
        look,
        roll=float(np.clip(look.roll, -22, 22)),
        pitch=float(np.clip(look.pitch, -18, 18)),
        scale=float(np.clip(look.scale, 0.72, 0.92)),
        shift=(float(np.clip(look.shift[0], -0.1, 0.1)), 0.0),
        wrist=(0.0, 0.0),
        exposure=float(np.clip(look.exposure, 0.85, 1.15)),
        ambient=max(look.ambient, 0.35),
    )


def _place(scene: Image, hand: Image, low: int) -> Image:
    """Draw the hand over the scene, its lower edge ``low`` pixels below the scene's."""
    image = scene.copy()
    paste(image, hand, (_WIDTH - _SIDE) // 2, _HEIGHT + low - _SIDE)
    return image
