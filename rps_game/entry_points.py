"""What the installed commands call: each loads its command with Ctrl-C already in hand."""

from rps_game.cli.interrupts import exit_on_interrupt

exit_on_interrupt()  # the scripts import this module before they do anything else


def play() -> None:
    """``rps-play``."""
    from rps_game.play import main

    main()


def classify() -> None:
    """``rps-classify``."""
    from rps_game.classify import main

    main()


def collect() -> None:
    """``rps-collect``."""
    from rps_game.collect import main

    main()
