"""Plays the sounds of a match as it proceeds."""

from rps_game.match import State
from rps_game.sound.cues import Cue, cue_at
from rps_game.sound.speaker import Speaker, Status
from rps_game.sound.synthesis import make_sounds


class Announcer:
    """Follows a match frame by frame, and plays each sound when it is due.

    Attributes:
        muted: Whether the player wants no sound.

    Examples:
        >>> from rps_game.match.state import Phase
        >>> announcer = Announcer(Speaker(), muted=True)
        >>> announcer.follow(State(phase=Phase.COUNTDOWN), 0.1)  # plays nothing
        >>> announcer.status
        <Status.CLOSED: 'closed'>
    """

    def __init__(self, speaker: Speaker, muted: bool = False) -> None:
        """Open the speaker, unless no sound is wanted.

        Args:
            speaker: Plays the sounds.
            muted: Whether the player wants no sound at first.
        """
        self.muted = muted
        self._speaker = speaker
        self._sounds = make_sounds()
        self._last: Cue | None = None
        if not muted:
            speaker.open()

    @property
    def status(self) -> Status:
        """Whether sounds can be heard, if they are wanted."""
        return self._speaker.status

    def follow(self, state: State, time: float, new_record: bool = False) -> None:
        """Play the sound that is due now, if any; call this when a frame is about to be shown.

        Args:
            state: The match.
            time: The current time, in seconds of the source.
            new_record: Whether the match, if it is over, has set a record.
        """
        cue = cue_at(state, time, new_record)
        if cue != self._last and cue is not None and not self.muted:
            self._speaker.play(self._sounds[cue.sound])
        self._last = cue

    def toggle(self) -> None:
        """Switch the sound off, or on again."""
        self.muted = not self.muted
        if not self.muted:
            self._speaker.open()

    def close(self) -> None:
        """Release the audio device."""
        self._speaker.close()
