"""The language of the user's system, from the variables or from the system itself."""

import subprocess

import pytest

from rps_game.ui.desktop.language import system_language
from rps_game.ui.translations import LANGUAGES


def forbidden(platform):
    raise AssertionError("the variables say enough")


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "de_AT.UTF-8"}, "de"),
        ({"LANG": "ja_JP.eucJP"}, "ja"),
        ({"LANG": "es"}, "es"),
        ({"LANG": "fr_BE@euro"}, "fr"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "xx_YY.UTF-8"}, "en"),
        ({"LANG": "nb_NO.UTF-8"}, "en"),
        ({"LC_ALL": "fr_FR.UTF-8", "LC_MESSAGES": "es_ES", "LANG": "de_DE"}, "fr"),
        ({"LC_ALL": "", "LC_MESSAGES": "es_ES", "LANG": "de_DE"}, "es"),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANGUAGE": "de", "LANG": "de_DE.UTF-8"}, "en"),
        ({"LANGUAGE": "pt:ja:de", "LANG": "fr_FR.UTF-8"}, "ja"),
        ({"LANGUAGE": "pt_BR", "LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANGUAGE": "en:de", "LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_variables(variables, language):
    assert system_language(LANGUAGES, "linux", variables, forbidden) == language


@pytest.mark.parametrize(
    ("answer", "language"), [(["de-AT"], "de"), (["pt", "fr-CA"], "fr"), ([], "en"), ([""], "en")]
)
def test_systems_without_variables_are_asked(answer, language):
    asked = []
    found = system_language(LANGUAGES, "win32", {}, lambda name: asked.append(name) or answer)
    assert (found, asked) == (language, ["win32"])


def test_linux_without_variables_speaks_english():
    assert system_language(LANGUAGES, "linux", {}) == "en"


def test_the_settings_of_macos(monkeypatch):
    def run(command, **options):
        assert command[0] == "defaults"
        return subprocess.CompletedProcess(command, 0, '(\n    "pt-BR",\n    "de-AT"\n)\n')

    monkeypatch.setattr(subprocess, "run", run)
    assert system_language(LANGUAGES, "darwin", {}) == "de"


def test_a_mac_that_does_not_answer(monkeypatch):
    def hang(command, timeout, **options):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", hang)
    assert system_language(LANGUAGES, "darwin", {}) == "en"
