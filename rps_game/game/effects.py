"""What accompanies a match on the screen: its sounds, and the celebration of a win or a record."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from rps_game.game.video_recorder import FPS
from rps_game.match import State
from rps_game.sound.announcer import Announcer
from rps_game.sound.speaker import Status
from rps_game.ui.celebration.scene import CLASH, LENGTH, has_clash, worth_celebrating
from rps_game.ui.translations import Texts

_FINAL_SCREEN = 3.0  # seconds for which a video shows the end of a match


@dataclass
class Effects:
    """The effects of a session; without arguments there are none.

    Attributes:
        announcer: Plays the sounds, or None.
        celebrate: Whether won matches and records are celebrated.
        clock: Returns the time in seconds; that of a recording stands still after a match.

    Examples:
        >>> effects = Effects(celebrate=True)
        >>> effects.celebration(State()) is None  # nobody has won yet
        True
    """

    announcer: Announcer | None = None
    celebrate: bool = False
    clock: Callable[[], float] = time.monotonic
    _since: float | None = None  # when the celebration began
    _skipped: bool = False

    def follow(self, state: State, now: float, new_record: bool = False) -> None:
        """Play the sound that is due; call this when a frame is about to be shown.

        Args:
            state: The match.
            now: The current time, in seconds of the source.
            new_record: Whether the match, if it is over, has set a record.
        """
        if self.announcer is not None:
            self.announcer.follow(state, now, new_record)

    def toggle_sound(self, texts: Texts) -> str:
        """Switch the sound on or off, and return a note about it."""
        if self.announcer is None:
            return texts.no_sound_device
        self.announcer.toggle()
        return self.sound_line(texts)

    def sound_line(self, texts: Texts) -> str:
        """A line that says whether sounds can be heard, and if not, why."""
        if self.announcer is None:
            return texts.no_sound_device
        status = self.announcer.status
        if status is Status.NO_LIBRARY:
            return texts.no_sound_library
        if status is Status.NO_DEVICE:
            return texts.no_sound_device
        return texts.sound_off if self.announcer.muted else texts.sound_on

    def celebration(self, state: State, new_record: bool = False) -> float | None:
        """For how many seconds the end of the match has been celebrated; None if it is not.

        Args:
            state: The match.
            new_record: Whether the match, if it is over, has set a record.
        """
        if not (self.celebrate and worth_celebrating(state, new_record)):
            self._since, self._skipped = None, False
            return None
        if self._since is None:
            self._since = self.clock()
        seconds = self.clock() - self._since
        return seconds if seconds < LENGTH and not self._skipped else None

    def skip(self, state: State) -> bool:
        """End a celebration that still hides the end of the match; False if there is none."""
        if not has_clash(state):  # nothing is hidden by confetti
            return False
        seconds = self.celebration(state)
        if seconds is None or seconds >= CLASH:
            return False
        self._skipped = True
        return True

    def final_frames(
        self, state: State, celebrated: bool, new_record: bool = False
    ) -> Iterator[float]:
        """Go through the frames with which a video ends, and yield for how long to show each.

        Args:
            state: The match, which is over.
            celebrated: Whether the video has the celebration already.
            new_record: Whether the match has set a record.
        """
        if self.celebrate and worth_celebrating(state, new_record) and not celebrated:
            self._since, self._skipped = 0.0, False
            for number in range(round(LENGTH * FPS)):
                self.clock = partial(float, number / FPS)  # the time of the video
                yield 1 / FPS
        self._skipped = True
        yield _FINAL_SCREEN
