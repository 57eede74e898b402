"""Whether the system's user wants less motion, as set in its accessibility settings."""

import configparser
import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PATIENCE = 1.0  # seconds for the system to answer
_GNOME = ("gsettings", "get", "org.gnome.desktop.interface", "enable-animations")
_MACOS = ("defaults", "read", "com.apple.universalaccess", "reduceMotion")
_CLIENT_AREA_ANIMATION = 0x1042  # SPI_GETCLIENTAREAANIMATION


def wants_less_motion(
    platform: str = sys.platform,
    environment: Mapping[str, str] = os.environ,
    ask: Callable[[Sequence[str]], str] | None = None,
) -> bool:
    """Whether the system asks programs for less motion; False where it cannot be asked.

    Linux has the settings of GNOME (animations off) and KDE (animation speed "instant"), macOS
    "Reduce motion", and Windows "Animation effects".

    Args:
        platform: As ``sys.platform``.
        environment: The environment variables, for the user's configuration folder.
        ask: Runs a command and returns what it prints; empty if it fails.

    Examples:
        >>> wants_less_motion("darwin", ask=lambda command: "1")
        True
    """
    ask = ask or _output
    if platform == "win32":
        return _windows_reduces_motion()
    if platform == "darwin":
        return ask(_MACOS) == "1"
    return ask(_GNOME) == "false" or _kde_reduces_motion(environment)


def _output(command: Sequence[str]) -> str:
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.SubprocessError):  # not on this system, or it does not answer
        return ""
    return run.stdout.strip()


def _kde_reduces_motion(environment: Mapping[str, str]) -> bool:
    folder = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", ""), ".config")
    settings = configparser.ConfigParser(strict=False, interpolation=None)
    try:
        settings.read(Path(folder, "kdeglobals"), encoding="utf-8")
        return settings.getfloat("KDE", "AnimationDurationFactor", fallback=1.0) == 0
    except (configparser.Error, ValueError):  # not in the expected form
        return False


def _windows_reduces_motion() -> bool:
    if sys.platform != "win32":
        return False
    animated = ctypes.c_int(1)
    asked = ctypes.windll.user32.SystemParametersInfoW(
        _CLIENT_AREA_ANIMATION, 0, ctypes.byref(animated), 0
    )
    return bool(asked) and not animated.value
