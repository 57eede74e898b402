"""The texts on the screen, in the player's language.

``languages/`` has one file per language, named after its code; ``Texts`` lists what each must
contain. Lines on standard output and standard error are not translated, since programs parse them
and manuals quote them.
"""

import tomllib
from dataclasses import dataclass, fields
from importlib import resources
from importlib.resources.abc import Traversable

from rps_game.gestures import MOVES, Gesture, Outcome


@dataclass(frozen=True)
class Texts:
    """Every text on the screen; the comments in ``languages/en.toml`` explain them.

    Examples:
        >>> texts = load_texts("de")
        >>> texts.move(Gesture.ROCK), texts.verdict(Gesture.PAPER, Gesture.ROCK)
        ('Stein', 'Papier wickelt Stein ein')
    """

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
    survival: str
    timed: str
    record: str
    round: str
    random: str
    adaptive: str
    two_players: str
    start: str
    start_two: str
    start_demo: str
    help_key: str
    sealed: str
    check: str
    check_example: str
    check_show: str
    check_hold: str
    check_no_hand: str
    check_keys: str
    check_done_keys: str
    check_well: str
    check_poorly: str
    check_mistaken: str
    check_not_found: str
    check_skipped: str
    check_sure: str
    check_all_well: str
    advice_dark: str
    advice_far: str
    advice_cut_off: str
    advice_turned: str
    advice_cluttered: str
    advice_unclear: str
    win: str
    lose: str
    draw: str
    left_wins: str
    right_wins: str
    wins: str
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
    wins_match: str
    draw_match: str
    streak: str
    new_record: str
    record_broken: str
    matches: str
    verified: str
    verified_one: str
    best_streaks: str
    best_timed: str
    learned: str
    no_habit: str
    habit: str
    habit_always: str
    after_win: str
    after_lose: str
    after_draw: str
    habit_move: str
    habit_repeat: str
    habit_beat_own: str
    habit_lose_to_own: str
    stopped: str
    nothing_seen: str
    again: str
    again_key: str
    quit_key: str
    lost: str
    lost_line: str
    lost_stream: str
    lost_stream_line: str
    gone_camera: str
    gone_stream: str
    gone_keys: str
    trying_again: str
    ended_video: str
    ended_images: str
    choose_camera: str
    choose_camera_keys: str
    searching_cameras: str
    no_other_camera: str
    camera_in_use: str
    opening_camera: str
    camera_failed: str
    camera_chosen: str
    camera_remembered: str
    no_choice_video: str
    no_choice_images: str
    no_choice_demo: str
    help: str
    help_start: str
    help_fist: str
    help_restart: str
    help_check: str
    help_sound: str
    help_mirror: str
    help_camera: str
    help_full: str
    help_details: str
    help_shot: str
    help_help: str
    help_quit: str
    help_seal: str
    fist: str
    space: str
    details_rate: str
    details_latency: str
    sound_on: str
    sound_off: str
    no_sound_device: str
    no_sound_library: str
    saved: str
    not_saved: str

    def move(self, gesture: Gesture | str) -> str:
        """The word for a gesture."""
        name = Gesture(gesture)
        return str(getattr(self, name.value)) if name.is_move else self.no_move

    @property
    def beats(self) -> tuple[str, str, str, str]:
        """The words called in the countdown, in order."""
        return self.beat_1, self.beat_2, self.beat_3, self.shoot

    def after(self, outcome: Outcome) -> str:
        """The words for the time after a round that ended like this for the player."""
        return str(getattr(self, f"after_{outcome.value}"))

    def tendency(self, tendency: str) -> str:
        """The words for what a player often does: a name of `rps_game.match.events.Tendency`."""
        if tendency in MOVES:
            return self.habit_move.format(move=self.move(tendency))
        return str(getattr(self, f"habit_{tendency}"))

    def verdict(self, winner: Gesture, loser: Gesture) -> str:
        """The sentence that says why one move beats another."""
        return str(getattr(self, f"{winner.value}_beats_{loser.value}"))


LANGUAGES: tuple[str, ...] = ("en", "es", "de", "fr", "ja")
"""The codes of the available languages."""


def load_texts(language: str = "en", folder: Traversable | None = None) -> Texts:
    """Read the texts of a language.

    Args:
        language: Its code.
        folder: Where its file is; by default in this package.

    Raises:
        ValueError: If the language is unknown, or its file has missing or unknown texts.

    Examples:
        >>> load_texts("fr").scissors
        'ciseaux'
    """
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}: choose from {', '.join(LANGUAGES)}")
    folder = folder or resources.files("rps_game.ui") / "languages"
    table = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
    expected = {text.name for text in fields(Texts)}
    if expected != set(table):
        wrong = ", ".join(sorted(expected ^ set(table)))
        raise ValueError(f"{language}.toml: missing or unknown texts: {wrong}")
    return Texts(**table)
