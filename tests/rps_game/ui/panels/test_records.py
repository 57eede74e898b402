"""The table of the best results."""

from dataclasses import replace
from datetime import date

from rps_game.match.score import Record
from rps_game.ui.style import CALL

SIZE = (640, 480)


def test_every_record_is_listed_in_order(compose, frame, views, written):
    view = views["survived"]
    compose(frame, view, SIZE)
    names = [text for text in written if text.words in ("Maximilian-Alexander", "you", "Zoë")]
    assert [text.words for text in names] == ["Maximilian-Alexander", "you", "you", "you", "Zoë"]
    assert [text.middle for text in names] == sorted(text.middle for text in names)
    assert "2026-01-31" in [text.words for text in written]
    assert "BEST STREAKS" in [text.words for text in written]


def test_the_latest_result_is_highlighted(compose, frame, views, mask_of, written):
    screen = compose(frame, views["survived"], SIZE)
    rows = [text for text in written if text.words in ("12", "9", "3", "2", "1")]
    (latest,) = [text for text in rows if text.words == "3" and text.size > 15 and text.left < 250][
        -1:
    ]
    bright = mask_of(screen, CALL)
    assert bright[round(latest.middle) - 6 : round(latest.middle) + 6].any()
    assert not bright[: round(latest.middle) - 12].any()
    assert not bright[round(latest.middle) + 12 :].any()


def test_timed_matches_have_a_title_of_their_own(compose, frame, views, written):
    compose(frame, views["timed over"], SIZE)
    assert "MOST ROUNDS WON" in [text.words for text in written]


def test_names_in_letters_that_cannot_be_shown(compose, frame, views, written):
    view = views["survived"]
    records = (Record(9, "กานต์"), Record(8, "Ṣadé"))
    view = replace(view, standing=replace(view.standing, records=records))
    compose(frame, view, SIZE)
    words = [text.words for text in written]
    assert words[words.index("9") + 1] == "…"
    assert words[words.index("8") + 1] == "adé"


def test_all_names_have_the_same_size(compose, frame, views, written):
    view = views["survived"]
    records = (Record(9, "W" * 20, date(2026, 1, 31)), Record(8, "Zoë"))
    compose(frame, replace(view, standing=replace(view.standing, records=records)), SIZE)
    long, short = (text for text in written if text.words[:2] in ("WW", "Zo"))
    assert long.words.endswith("…")
    assert long.size == short.size >= 11
