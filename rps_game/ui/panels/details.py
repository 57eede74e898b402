"""The strip with measurements, below a screen that is made smaller for it."""

from rps_game.recognition.recognizer import RecognizedFrame
from rps_game.ui.canvas import Canvas
from rps_game.ui.layout import unit_of
from rps_game.ui.style import INK, MUTED, PANEL
from rps_game.ui.view import Details, View

_LINES = 3
_STEP, _PAD = 27, 8  # units


def strip_height(size: tuple[int, int]) -> int:
    """The height of the strip in pixels, on a screen of ``size`` (width, height).

    Examples:
        >>> strip_height((960, 720))
        97
    """
    return round((_LINES * _STEP + 2 * _PAD) * unit_of(size))


def details_strip(
    canvas: Canvas, top: int, view: View, details: Details, frame: RecognizedFrame
) -> None:
    """Draw where frames come from, how fast they are, the probabilities, and the sealed move.

    Args:
        canvas: The whole screen.
        top: Where the strip begins, in pixels; it reaches to the lower edge.
        view: The match.
        details: What was measured.
        frame: The latest frame.
    """
    u, texts = unit_of((canvas.width, canvas.height)), view.texts
    canvas.panel((0, top, canvas.width, canvas.height - top), PANEL)
    hands = ["   ".join(_probabilities(view, dict(hand.probabilities))) for hand in frame.hands]
    measured = (
        details.source,
        texts.details_rate.format(rate=f"{details.fps:.0f}"),
        texts.details_latency.format(latency=f"{details.latency:.1f}"),
        *([details.sound] if details.sound else []),
    )
    lines = ["     ".join(measured), *hands, _seal(view)][:_LINES]
    edge = 26 * u
    for number, line in enumerate(lines):
        at = edge, top + (_PAD + (number + 0.5) * _STEP) * u
        colour = MUTED if number == 0 else INK
        canvas.text(line, at, 20 * u, colour, 500, fit=canvas.width - 2 * edge)


def _probabilities(view: View, seen: dict[str, float]) -> list[str]:
    return [f"{view.texts.move(name)} {value:.2f}" for name, value in seen.items()]


def _seal(view: View) -> str:
    """The whole seal during a round, and afterwards exactly what was sealed."""
    commitment = view.state.commitment
    if commitment is None:
        return ""
    if view.outcome is None:
        return f"{view.texts.sealed}: {commitment.seal}"
    return f"{commitment.move}:{commitment.nonce}"
