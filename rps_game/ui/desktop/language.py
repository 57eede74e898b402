"""The language of the user's system."""

import ctypes
import locale
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

_MACOS = ("defaults", "read", "-g", "AppleLanguages")
_PATIENCE = 1.0  # seconds for the system to answer
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first one that is set counts
_NO_LANGUAGE = ("", "C", "POSIX")


def system_language(
    known: Sequence[str],
    platform: str = sys.platform,
    environment: Mapping[str, str] = os.environ,
    ask: Callable[[str], Sequence[str]] | None = None,
) -> str:
    """The language of the user's system, or English if it is not one of the languages known.

    Args:
        known: Codes of languages, such as "de".
        platform: As ``sys.platform``.
        environment: The environment variables.
        ask: Asks a system that sets no variables, given ``platform``, for language codes.

    Examples:
        >>> system_language(("en", "de"), "linux", {"LANG": "de_AT.UTF-8"})
        'de'
        >>> system_language(("en", "de"), "linux", {"LC_ALL": "C", "LANG": "de_AT.UTF-8"})
        'en'
    """
    ask = ask or _ask
    wanted = _from_variables(environment)
    languages = ask(platform) if wanted is None else wanted
    codes = (re.split(r"[-_.@]", language)[0].lower() for language in languages)
    return next((code for code in codes if code in (*known, "en")), "en")


def _from_variables(environment: Mapping[str, str]) -> list[str] | None:
    """The languages that the variables of POSIX and GNU name; None if they are not set."""
    name = next((environment[name] for name in _VARIABLES if environment.get(name)), None)
    if name is None:
        return None
    if name.split(".")[0] in _NO_LANGUAGE:
        return []
    return [*filter(None, environment.get("LANGUAGE", "").split(":")), name]


def _ask(platform: str) -> Sequence[str]:
    if platform == "darwin":
        return list(_macos())
    if platform == "win32":
        number = getattr(ctypes, "windll").kernel32.GetUserDefaultUILanguage()  # noqa: B009
        return [locale.windows_locale.get(number, "")]
    return []


def _macos() -> Iterator[str]:
    """The preferred languages in the settings, which are printed as ``( "de-AT", en )``."""
    try:
        run = subprocess.run(_MACOS, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.SubprocessError):  # it does not answer
        return
    yield from re.findall(r"[A-Za-z]{2,3}(?:[-_]\w+)*", run.stdout)
