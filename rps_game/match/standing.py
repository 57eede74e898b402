"""What the players know after a match besides its score: values only."""

from dataclasses import dataclass, field

from rps_game.match.events import PlayerHabit
from rps_game.match.score import Record, Score


@dataclass(frozen=True)
class Standing:
    """The state of a series of matches.

    Attributes:
        matches: How many matches each side has won.
        records: The best results in survival, or in timed matches against the computer, best first.
        latest: The result of the match that has just ended; it may be one of the records.
        habits: What the adaptive opponent has learned about the player; None if the opponent does
            not learn.
        new_record: Whether the latest result is better than all before. The first streak counts as
            a record; the first timed match does not, since it had nothing to beat.
        verified: How many rounds of the match were checked against their seals.

    Examples:
        >>> latest = Record(2)
        >>> Standing(records=(Record(5, "Anna"), latest), latest=latest).rank
        2
    """

    matches: Score = field(default_factory=Score)
    records: tuple[Record, ...] = ()
    latest: Record | None = None
    habits: tuple[PlayerHabit, ...] | None = None
    new_record: bool = False
    verified: int = 0

    @property
    def rank(self) -> int | None:
        """The place of the latest result among the records, from 1; None if it has none."""
        places = [place for place, each in enumerate(self.records, 1) if each is self.latest]
        return places[0] if places else None

    @property
    def several(self) -> bool:
        """Whether more than one match has been won or drawn."""
        return self.matches.left + self.matches.right + self.matches.draws > 1
