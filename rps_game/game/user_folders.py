"""Where the game keeps what it remembers about its user."""

import os
from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """``RPS_GAME_DATA``, or else the user's data folder; it may not exist yet."""
    folder = os.environ.get("RPS_GAME_DATA")
    return Path(folder) if folder else platformdirs.user_data_path("rps-game", appauthor=False)
