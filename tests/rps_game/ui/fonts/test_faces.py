"""Japanese letters are as heavy as the others, and it is known which letters there are."""

from importlib import resources

import cv2
import numpy as np
import pytest

from rps_game.ui.fonts.faces import font_for, is_shown, shown_part
from rps_game.ui.translations import LANGUAGES, load_texts


def ink(words, weight, font=None):
    image = np.zeros((60, 400, 3), np.uint8)
    colour = (255, 255, 255)
    cv2.putText(image, words, (5, 45), colour, font or font_for(words, weight), 34, weight)
    return image.sum() / 255


def test_japanese_has_weights():
    amounts = [ink("グー 勝ち", weight) for weight in (500, 700, 800)]
    assert amounts[0] * 1.1 < amounts[1] < amounts[2] / 1.1
    own = ink("グー 勝ち", 800, cv2.FontFace("sans"))
    assert amounts[2] > 1.4 * own


@pytest.mark.parametrize("weight", [400, 500, 600, 800])
def test_latin_letters_look_the_same_beside_japanese_ones(weight):
    alone = ink("rock 7", weight)
    beside = ink("グー rock 7", weight) - ink("グー", weight)
    assert beside == pytest.approx(alone, rel=0.02)


def test_japanese_letters_are_as_large_as_in_the_font_of_opencv():
    def height(font):
        return cv2.getTextSize((0, 0), "勝", (0, 0), font, 100, 500)[2]

    assert height(font_for("勝", 500)) == pytest.approx(height(cv2.FontFace("sans")), rel=0.08)


@pytest.mark.parametrize("weight", [500, 700, 800])
def test_every_japanese_letter_of_the_texts_is_in_the_fonts(weight):
    fonts = pytest.importorskip("fontTools.ttLib")
    path = resources.files("rps_game.ui.fonts") / f"mplus-{weight}.otf"
    letters = set(fonts.TTFont(path).getBestCmap())
    needed = {ord(letter) for text in vars(load_texts("ja")).values() for letter in text}
    missing = "".join(chr(letter) for letter in needed - letters if letter >= 0x3000)
    assert not missing, f"{missing}: run docs/make_font.py"
    assert set(range(0x3041, 0x3095)) <= letters  # names in hiragana


def test_letters_beside_one_that_the_japanese_fonts_lack_have_its_weight():
    assert ink("王小明", 800) == ink("王小明", 500)
    assert ink("小明", 800) > ink("小明", 500)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_of_the_texts_is_shown(language):
    letters = {letter for text in vars(load_texts(language)).values() for letter in text}
    assert [letter for letter in sorted(letters) if not is_shown(letter)] == []


@pytest.mark.parametrize(
    "name",
    [
        "Zoë",
        "Łukasz",
        "Nguyễn Thị Ánh",
        "O'Neill-Ø",
        "ß",
        "Ελένη",
        "Дмитро",
        "김민준",
        "山田ハナ",
        "R2?",
    ],
)
def test_names_that_are_shown(name):
    assert all(map(is_shown, name))
    assert shown_part(name) == name


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("กานต์", ""),
        ("आदित्य", ""),
        ("ნინო", ""),
        ("נועה", ""),  # the fonts have it, but the letters would be in the wrong order
        ("محمد", ""),
        ("Ṣadé", "adé"),
        ("Anna \U0001f984", "Anna"),
        ("a\tb\u200dc\udc80", "abc"),
    ],
)
def test_letters_that_cannot_be_shown(name, part):
    assert shown_part(name) == part


def test_a_small_letter_whose_capital_is_missing_is_not_shown():
    assert not is_shown("ẖ")
