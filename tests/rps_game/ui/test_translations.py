"""Every language has every text; whether they fit is tested in test_compose.py."""

import re
import string
from importlib import resources

import pytest

from rps_game.game.opponents import OPPONENTS
from rps_game.gestures import MOVES, Gesture
from rps_game.ui.translations import LANGUAGES, Texts, load_texts

ENGLISH = vars(load_texts())


def blanks(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_file_is_a_language():
    folder = resources.files("rps_game.ui") / "languages"
    assert {file.name for file in folder.iterdir()} == {f"{code}.toml" for code in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing(language):
    texts = vars(load_texts(language))
    for name, english in ENGLISH.items():
        assert texts[name].strip(), name
        assert blanks(texts[name]) == blanks(english), name
    other = [name for name in texts if texts[name] != ENGLISH[name]]
    assert language == "en" or len(other) > 0.8 * len(texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_moves_and_verdicts(language):
    texts = load_texts(language)
    assert len({texts.move(gesture) for gesture in Gesture}) == 4
    sentences = {
        texts.verdict(winner, loser) for winner in MOVES for loser in MOVES if winner.beats(loser)
    }
    assert len(sentences) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_quote_the_word_that_is_called(language):
    # "Too early. Show your move on ..." must quote what is called in the countdown.
    texts = load_texts(language)
    word = re.sub(r"\W", "", texts.shoot)
    for sentence in (texts.too_early, texts.too_late):
        assert word in re.sub(r"\W", "", sentence)


@pytest.mark.parametrize("opponent", OPPONENTS)
def test_every_opponent_has_a_line_for_the_title(opponent):
    assert ENGLISH[opponent].startswith("it ")


def test_unknown_language():
    with pytest.raises(ValueError, match="unknown language 'xx'.*en, es"):
        load_texts("xx")


def test_missing_and_unknown_texts(tmp_path):
    lines = [f'{name} = "x"' for name in ENGLISH]
    (tmp_path / "en.toml").write_text("\n".join(lines))
    assert isinstance(load_texts(folder=tmp_path), Texts)
    (tmp_path / "en.toml").write_text("\n".join(lines[1:]))
    with pytest.raises(ValueError, match=r"en.toml: missing or unknown texts: name$"):
        load_texts(folder=tmp_path)
    (tmp_path / "en.toml").write_text("\n".join([*lines, 'more = "x"']))
    with pytest.raises(ValueError, match=r"en.toml: missing or unknown texts: more$"):
        load_texts(folder=tmp_path)
