"""Entry points of the installed commands, with Ctrl-C handled before anything else is imported."""

from rps_game.cli.interrupts import exit_on_interrupt

exit_on_interrupt()  # the installed scripts import this module first


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
