"""Draws the whole screen from a frame and a view of the match."""

import numpy as np

from rps_game.arrays import Image
from rps_game.match.rules import Mode
from rps_game.match.state import Phase
from rps_game.recognition.recognizer import RecognizedFrame
from rps_game.ui.calibration.guide import calibration_screen
from rps_game.ui.canvas import Canvas, Colour, gradient
from rps_game.ui.celebration.scene import CLASH, clash_screen, confetti_over, has_clash
from rps_game.ui.final import final_screen
from rps_game.ui.layout import lay_out
from rps_game.ui.overlays import help_overlay, note_overlay
from rps_game.ui.panels.details import details_strip, strip_height
from rps_game.ui.panels.gone import lost_overlay
from rps_game.ui.rounds import play_screen
from rps_game.ui.style import NIGHT, OUTCOME_COLOURS
from rps_game.ui.view import View


def compose(frame: RecognizedFrame, view: View, size: tuple[int, int]) -> Image:
    """Draw the screen.

    Args:
        frame: The latest frame and what was recognized in it.
        view: The match, and what else to show.
        size: Width and height of the result in pixels.

    Returns:
        uint8 RGB ``[height, width, 3]``.

    Examples:
        >>> from rps_game.match import State
        >>> from rps_game.recognition.recognizer import RecognizedHand
        >>> from rps_game.recognition.regions import Region
        >>> from rps_game.ui.translations import load_texts
        >>> hand = RecognizedHand(Region(80, 0, 480, 480), {"rock": 0.9, "none": 0.1})
        >>> frame = RecognizedFrame(np.zeros((480, 640, 3), np.uint8), (hand,))
        >>> compose(frame, View(State(), time=0.0, texts=load_texts()), (320, 240)).shape
        (240, 320, 3)
    """
    width, height = size
    screen = Canvas(np.empty((height, width, 3), np.uint8))
    if view.details is not None:
        height -= strip_height(size)
        details_strip(screen, height, view, view.details, frame)
    canvas = Canvas(screen.pixels[:height])
    canvas.pixels[:] = gradient(width, height, NIGHT[0], _ground(view))
    region = frame.hands[0].region
    layout = lay_out((width, height), region.width / region.height)
    party = view.celebration
    if view.calibration is not None:
        calibration_screen(canvas, layout, frame, view, view.calibration)
    elif party is not None and party < CLASH and has_clash(view.state):
        clash_screen(canvas, layout.unit, view.state, view.texts, party)
    elif view.state.phase is Phase.OVER:
        final_screen(canvas, layout.unit, view)
        if party is not None:
            confetti_over(canvas, layout.unit, party)
    else:
        play_screen(canvas, layout, frame, view)
    if view.lost is not None:
        lost_overlay(canvas, layout.unit, view.texts, view.lost, view.kind)
    if view.help:
        help_overlay(canvas, layout.unit, view)
    if view.note:
        note_overlay(canvas, layout.unit, view.note)
    return screen.pixels


def _ground(view: View) -> Colour:
    """The colour at the bottom of the screen: dark, with a tint of the winner's colour."""
    state = view.state
    mood = view.outcome
    if state.phase is Phase.OVER and state.decided:
        mood = state.score.winner if state.rules.mode is not Mode.SURVIVAL else None
    if mood is None:
        return NIGHT[1]
    tint = OUTCOME_COLOURS[mood]
    red, green, blue = (
        round(0.84 * dark + 0.16 * light) for dark, light in zip(NIGHT[1], tint, strict=True)
    )
    return red, green, blue
