"""Explains in one line why a camera cannot be opened and what to do.

OpenCV only reports that it failed. This module asks the system whether the device exists, whether
the user has permission, and which other program is using it.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

_ALTERNATIVES = "or use a video or a stream with --source, or watch an animated player with --demo"


def explain_failure(
    spec: str,
    platform: str = sys.platform,
    devices: Path = Path("/dev"),
    processes: Path = Path("/proc"),
) -> str:
    """Say why a camera cannot be used and what to do about it.

    Args:
        spec: The camera: an index, or a path under /dev.
        platform: As ``sys.platform``.
        devices: The folder of devices on Linux.
        processes: The folder of processes on Linux.

    Examples:
        >>> explain_failure("0", platform="linux", devices=Path("missing"))
        'no camera: there is no missing/video*; connect one, or use a video or a stream with ...'
    """
    if platform == "darwin":
        return (
            f"no camera: {spec} cannot be opened; allow the terminal to use it (System Settings, "
            f"Privacy & Security, Camera), restart the terminal and try again, {_ALTERNATIVES}"
        )
    if platform == "win32":
        return (
            f"no camera: {spec} cannot be opened; close other programs that use it (calls, "
            "browsers) and allow desktop apps to use it (Settings, Privacy & security, Camera), "
            f"{_ALTERNATIVES}"
        )
    return f"no camera: {_linux_failure(spec, devices, processes)}, {_ALTERNATIVES}"


def _linux_failure(spec: str, devices: Path, processes: Path) -> str:
    device = devices / f"video{int(spec)}" if spec.isdecimal() else Path(spec).resolve()
    if not device.exists():
        others = sorted(path.name for path in devices.glob("video*"))
        if not others:
            return f"there is no {devices}/video*; connect one"
        return f"there is no {device}, only {', '.join(others)}; try rps-play --list-cameras"
    if not os.access(device, os.R_OK | os.W_OK):
        return f"no permission to use {device}; `sudo usermod -aG video $USER` and log in again"
    users = _users_of(device, processes)
    if users:
        return f"{device} is in use by {' and '.join(users)}; close it there"
    return (
        f"{device} sends no frames; close other programs that use it, plug it in again or "
        "another one from rps-play --list-cameras"
    )


def _users_of(device: Path, processes: Path) -> list[str]:
    """The names of other programs that have the device open, as far as this user may see them."""
    users = set()
    for link in processes.glob("[0-9]*/fd/*"):
        with suppress(OSError):  # processes may end meanwhile, and not all belong to us
            process = link.parent.parent
            if link.readlink() == device and process.name != str(os.getpid()):
                users.add((process / "comm").read_text().strip())
    return sorted(users)
