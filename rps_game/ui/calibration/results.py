"""The results of a calibration: how well each move was read, and what would help."""

from rps_game.calibration.machine import Calibration
from rps_game.calibration.report import Advice, MoveReport, advise, report
from rps_game.ui.canvas import Box, Canvas, text_width
from rps_game.ui.cards import move_icon
from rps_game.ui.panels.names import fitted_names, shortened
from rps_game.ui.style import CALL, COMPUTER, FAINT, INK, MUTED, PANEL, PLAYER, bar, digits, tick
from rps_game.ui.translations import Texts
from rps_game.ui.view import View

_HEIGHT = 720  # units; on a higher screen everything stays together in the middle
_ROWS, _ROW = 128, 116  # upper edge of the first move, and the height of each, in units
_ADVICE, _LINE = 488, 38  # upper edge of the advice, and the height of a line, in units
_WIDEST = 700  # units, of a player's moves
_FOR_EACH = 2  # pieces of advice for each of two players
_NAME = 0.3  # of the width of the advice, at most for the name before it


def results_screen(canvas: Canvas, unit: float, view: View, calibration: Calibration) -> None:
    """Draw a row for each move, with two players in two columns, and the advice below."""
    texts, middle, fit = view.texts, canvas.width / 2, 0.92 * canvas.width
    top = max(0.0, canvas.height - _HEIGHT * unit) / 2
    players = calibration.players
    title = top + (72 if players == 1 else 46) * unit
    canvas.text(texts.check.upper(), (middle, title), 52 * unit, INK, 800, "centre", fit)
    reports = report(calibration, view.state.rules.confidence)
    gap = 40 * unit
    wide = min((fit - (players - 1) * gap) / players, _WIDEST * unit)
    for player in range(players):
        left = middle + (player - players / 2) * (wide + gap) + gap / 2
        if players > 1:
            at = left + wide / 2, top + 102 * unit
            colour = COMPUTER if player else PLAYER
            (name,), size = fitted_names([view.names[player].upper()], 30 * unit, 800, wide)
            canvas.text(name, at, size, colour, 800, "centre", wide)
        own = [each for each in reports if each.step.player == player]
        for number, each in enumerate(own):
            y = top + (_ROWS + number * _ROW) * unit
            _move(canvas, unit, (left, y, wide, (_ROW - 12) * unit), texts, each)
    y = top + (_ADVICE + 0.5 * _LINE) * unit
    size = 27 * unit
    names = [shortened(name.upper(), size, 500, _NAME * fit) for name in view.names]
    lines = _lines(view, names, reports)
    widest = max((text_width(line, round(size), 500) for line in lines), default=fit)
    size = float(int(size * min(1.0, fit / widest)))  # the same for all lines
    for line in lines:
        canvas.text(line, (middle, y), size, INK, 500, "centre", fit)
        y += _LINE * unit
    canvas.text(
        texts.check_done_keys, (middle, top + 684 * unit), 24 * unit, MUTED, 500, "centre", fit
    )


def _lines(view: View, names: list[str], reports: tuple[MoveReport, ...]) -> list[str]:
    """What would help, or that nothing needs to."""
    texts = view.texts
    if all(each.well for each in reports):
        return [texts.check_all_well]
    if not view.state.rules.two_players:
        return [_words(texts, advice) for advice in advise(reports)]
    lines = []
    for player, name in enumerate(names):
        own = [each for each in reports if each.step.player == player]
        for advice in advise(own)[:_FOR_EACH]:
            lines.append(f"{name}: {_words(texts, advice)}")
    return lines


def _words(texts: Texts, advice: Advice) -> str:
    return str(getattr(texts, f"advice_{advice.value}"))


def _move(canvas: Canvas, unit: float, box: Box, texts: Texts, found: MoveReport) -> None:
    """Draw how a move was read: the hand, the share of frames, the verdict."""
    left, top, width, height = box
    canvas.panel(box, FAINT, 0.45, 16 * unit)
    side, pad = round(0.86 * height), 14 * unit
    hand = move_icon(found.step.move, side, player=True)
    canvas.cutout(hand, left + pad, top + (height - side) / 2)
    colour = PLAYER if found.well else MUTED if found.skipped else CALL
    start = left + 2 * pad + side
    end = left + width - 1.4 * pad
    room = end - start
    move = texts.move(found.step.move)
    if found.skipped:
        canvas.text(move, (start, top + 0.34 * height), 30 * unit, MUTED, 700, fit=room)
        canvas.text(
            texts.check_skipped, (start, top + 0.68 * height), 21 * unit, MUTED, 500, fit=room
        )
        return
    share = f"{digits(round(100 * found.share))}%"
    number = text_width(share, round(30 * unit), 700) + pad
    canvas.text(move, (start, top + 0.24 * height), 30 * unit, INK, 700, fit=room - number)
    canvas.text(share, (end, top + 0.24 * height), 30 * unit, colour, 700, "right")
    bar(canvas, (start, top + 0.47 * height, room, 10 * unit), found.share, colour)
    sure = texts.check_sure.format(confidence=f"{100 * found.confidence:.0f}")
    verdict, size, below = _verdict(texts, found), 21 * unit, top + 0.76 * height
    taken = text_width(sure, round(size), 500) + pad
    if found.found and text_width(verdict, round(size), 600) + taken <= room:
        canvas.text(sure, (end, below), size, MUTED, 500, "right")
    canvas.text(verdict, (start, below), size, INK, 600, fit=room)
    at = left + pad + side - 10 * unit, top + height - 24 * unit
    if found.well:
        tick(canvas, at, 17 * unit, PLAYER)
    else:
        canvas.disc(at, 17 * unit, CALL)
        canvas.text("!", at, 24 * unit, PANEL, 800, "centre")


def _verdict(texts: Texts, found: MoveReport) -> str:
    if found.well:
        return texts.check_well
    if not found.found:
        return texts.check_not_found
    if found.mistaken_for is not None:
        return texts.check_mistaken.format(move=texts.move(found.mistaken_for))
    return texts.check_poorly
