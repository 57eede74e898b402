"""Words on the screen, in the language of the player.

One file a language in ``languages/``, named by its code; ``Texts`` says what must be in it. Lines
on standard output and error are not here: programs and manuals quote them, and they stay English.
"""

import tomllib
from dataclasses import dataclass, fields
from importlib import resources

from rps_game.gestures import Gesture

_FOLDER = resources.files("rps_game.ui") / "languages"


@dataclass(frozen=True)
class Texts:
    """Every text of the screen, as the comments in ``languages/en.toml`` explain them."""

    name: str
    rock: str
    paper: str
    scissors: str
    no_move: str
    beat_1: str
    beat_2: str
    beat_3: str
    shoot: str
    you: str
    computer: str
    left: str
    right: str
    title: str
    best_of: str
    round: str
    random: str
    adaptive: str
    two_players: str
    start: str
    start_two: str
    start_demo: str
    help_key: str
    sealed: str
    win: str
    lose: str
    draw: str
    left_wins: str
    right_wins: str
    rock_beats_scissors: str
    paper_beats_rock: str
    scissors_beats_paper: str
    both_show: str
    once_more: str
    too_early: str
    too_late: str
    changed: str
    no_hand: str
    unsure: str
    no_frames: str
    win_match: str
    lose_match: str
    left_wins_match: str
    right_wins_match: str
    stopped: str
    nothing_seen: str
    again: str
    again_key: str
    leave: str
    lost: str
    lost_line: str
    help: str
    help_start: str
    help_fist: str
    help_restart: str
    help_mirror: str
    help_full: str
    help_details: str
    help_shot: str
    help_help: str
    help_quit: str
    fist: str
    space: str
    details_rate: str
    details_delay: str
    saved: str
    not_saved: str

    def move(self, gesture: Gesture | str) -> str:
        """The word for a gesture."""
        name = Gesture(gesture)
        return str(getattr(self, name.value)) if name.is_move else self.no_move

    @property
    def beats(self) -> tuple[str, str, str, str]:
        """What is called in the countdown."""
        return self.beat_1, self.beat_2, self.beat_3, self.shoot

    def verdict(self, winner: Gesture, loser: Gesture) -> str:
        """Why one move beats another, as a sentence."""
        return str(getattr(self, f"{winner.value}_beats_{loser.value}"))


LANGUAGES: tuple[str, ...] = ("en", "es", "de", "fr", "ja")
"""The codes of the languages there are."""


def load_texts(language: str = "en") -> Texts:
    """Read the texts of a language.

    Raises:
        ValueError: If there is no such language, or a text is missing in its file, or too many.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}: there are {', '.join(LANGUAGES)}")
    table = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    wanted = {text.name for text in fields(Texts)}
    if wanted != set(table):
        raise ValueError(f"{language}.toml: {', '.join(sorted(wanted ^ set(table)))}")
    return Texts(**table)
