"""The end of a match: who won, the score, and what can be done next."""

from dataclasses import replace

import numpy as np
import pytest

SIZE = (640, 480)


@pytest.mark.parametrize(
    ("name", "headline", "score"),
    [
        ("won", "win_match", ["2", "1"]),
        ("lost", "lose_match", ["O", "2"]),  # an O: a zero without the slash
        ("long", "win_match", ["5O", "49"]),
        ("nothing seen", "nothing_seen", ["O", "O"]),
        ("stopped", "stopped", ["O", "O"]),
        ("video ended", "ended_video", ["O", "O"]),
        ("images ended", "ended_images", ["O", "O"]),
        ("two won", "left_wins_match", ["2", "1"]),
        ("two lost", "right_wins_match", ["O", "2"]),
    ],
)
def test_the_ending_and_the_score(compose, written, frame, views, name, headline, score):
    compose(frame, views[name], SIZE)
    assert written[0].words == getattr(views[name].texts, headline).upper()
    numbers = [text for text in written if text.words.replace("O", "0").isdigit()]
    assert [text.words for text in sorted(numbers, key=lambda text: text.left)] == score


@pytest.mark.parametrize(
    ("name", "headline"),
    [
        ("survived", "3 IN A ROW"),
        ("record", "NEW RECORD: 3 IN A ROW"),
        ("timed over", "A DRAW"),
        ("timed record", "YOU WIN THE MATCH"),
        ("timed record lost", "NEW RECORD"),
        ("one round", "ANNEMARIE-CHARLOTTE WINS THE MATCH"),
        ("named won", "ANNEMARIE-CHARLOTTE WINS THE MATCH"),
    ],
)
def test_the_headlines_of_modes_and_names(compose, written, frame, views, name, headline):
    compose(frame, views[name], SIZE)
    assert written[0].words == headline


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("learned", "all 4 rounds verified"),
        ("one round", "the round is verified"),
        ("learned", "matches  12 : 11"),
    ],
)
def test_the_line_below_the_score(compose, written, frame, views, name, line):
    compose(frame, views[name], SIZE)
    assert line in [text.words for text in written]


def test_a_record_in_a_timed_match_is_announced_once(compose, written, frame, views):
    for name, titles in (  # beside the title of the table, or as the headline
        ("timed record", ["NEW RECORD", "MOST ROUNDS WON"]),
        ("timed record lost", ["NEW RECORD", "MOST ROUNDS WON"]),
        ("timed over", ["MOST ROUNDS WON"]),
    ):
        written.clear()
        compose(frame, views[name], SIZE)
        words = [text.words for text in written]
        assert [text for text in words if "RECORD" in text or "MOST" in text] == titles


def test_nothing_is_claimed_that_was_not_checked(compose, written, frame, views):
    compose(frame, views["won"], SIZE)
    assert not [text.words for text in written if "verified" in text.words]
    assert not [text.words for text in written if "matches" in text.words]


@pytest.mark.parametrize(
    ("name", "hint"), [("stopped", "again"), ("keys", "again_key"), ("no more", "quit_key")]
)
def test_it_says_what_to_do_next(compose, written, frame, views, name, hint):
    compose(frame, views[name], SIZE)
    assert getattr(views[name].texts, hint) in [text.words for text in written]


def test_the_right_hand_of_two_players_is_no_robot(compose, frame, views):
    state = replace(views["won"].state, rules=views["two won"].state.rules)
    one, two = (
        compose(frame, replace(views["won"], state=each), SIZE)
        for each in (views["won"].state, state)
    )
    assert (one[272:322, 168:472] == two[272:322, 168:472]).all()
    assert (one[330:374, 168:472] != two[330:374, 168:472]).any()


def test_a_fist_fills_a_bar(compose, frame, views):
    view = replace(
        views["won"], state=replace(views["won"].state, trigger=views["fist"].state.trigger)
    )
    empty, filling = (compose(frame, replace(view, time=time), SIZE) for time in (-0.3, 0.3))
    assert (empty != filling).any(axis=(1, 2)).nonzero()[0].min() > 0.94 * SIZE[1]


def test_the_summary_shows_both_moves_of_each_round(compose, frame, views):
    # The left moves, above, are scissors, rock, paper and paper; the right ones are all rock.
    screen = compose(frame, views["won"], SIZE)
    columns = [slice(x - 26, x + 26) for x in (194, 278, 362, 446)]
    above = [screen[272:322, column].astype(int) for column in columns]
    below = [screen[330:374, column] for column in columns]
    assert all((tile == below[0]).all() for tile in below)
    assert (above[2] == above[3]).all()
    for one, two in ((0, 1), (1, 2), (0, 2)):
        assert np.abs(above[one] - above[two]).mean() > 3
