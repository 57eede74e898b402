"""``python -m rps_game`` is ``rps-play``."""

from rps_game.play import main

if __name__ == "__main__":
    main()
