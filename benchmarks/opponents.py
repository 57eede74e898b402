"""How well the adaptive opponent plays against players with habits: a table.

    python -m benchmarks.opponents --games 200 --rounds 300

The first two players respond to wins, losses and draws as mildly as people do (Wang, Xu and Zhou
2014, Scientific Reports 4:5830; the probabilities are assumed, since the paper has only a chart).
"""

import random
import sys
from collections.abc import Callable, Sequence
from math import sqrt

import click

from rps_game.game.opponents import AdaptiveOpponent
from rps_game.gestures import MOVES, Gesture, Outcome
from rps_game.match import Round

Player = Callable[[Sequence[Round], random.Random], Gesture]
Probabilities = tuple[float, float, float]


def responds(win: Probabilities, draw: Probabilities, lose: Probabilities) -> Player:
    """A player who stays, or steps up or down the cycle, with probabilities for each outcome."""
    probabilities = {Outcome.WIN: win, Outcome.DRAW: draw, Outcome.LOSE: lose}

    def choose(rounds: Sequence[Round], rng: random.Random) -> Gesture:
        if not rounds:
            return rng.choice(MOVES)
        step = rng.choices((0, 1, 2), probabilities[rounds[-1].outcome])[0]
        return MOVES[(MOVES.index(rounds[-1].left) + step) % 3]

    return choose


def often(probabilities: Probabilities) -> Player:
    """A player with favourite moves."""
    return lambda rounds, rng: rng.choices(MOVES, probabilities)[0]


def never_thrice(rounds: Sequence[Round], rng: random.Random) -> Gesture:
    """A player who mistakes variety for randomness."""
    if rounds and rng.random() < 0.8:
        return rng.choice([move for move in MOVES if move is not rounds[-1].left])
    return rng.choice(MOVES)


STAY, UNIFORM = (0.5, 0.25, 0.25), (1 / 3, 1 / 3, 1 / 3)
PLAYERS: dict[str, Player] = {
    "people, losers step up": responds(STAY, (0.36, 0.36, 0.28), (0.28, 0.42, 0.30)),
    "people, losers step down": responds(STAY, (0.36, 0.28, 0.36), (0.28, 0.30, 0.42)),
    "strict win-stay, lose-shift": responds((0.8, 0.1, 0.1), UNIFORM, (0.1, 0.8, 0.1)),
    "loves rock (46%)": often((0.46, 0.28, 0.26)),
    "avoids repetition": never_thrice,
    "at random": often(UNIFORM),
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--games", type=click.IntRange(1), default=200, show_default=True)
@click.option("--rounds", type=click.IntRange(1), default=300, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
def main(games: int, rounds: int, seed: int) -> None:
    """Print the share of rounds that the computer wins, and its wins minus its losses."""
    click.echo(f"{games} games of {rounds} rounds; +- two standard errors")
    for name, player in PLAYERS.items():
        played = [_play(player, rounds, f"{seed} {name} {game}") for game in range(games)]
        outcomes = [outcome for game in played for outcome in game]
        total = len(outcomes)
        won, lost = outcomes.count(Outcome.LOSE) / total, outcomes.count(Outcome.WIN) / total
        click.echo(
            f"{name:28} wins {won:.3f} +- {2 * sqrt(won * (1 - won) / total):.3f}  "
            f"balance {won - lost:+.3f} +- {2 * sqrt((won + lost) / total):.3f}"
        )
        sys.stdout.flush()


def _play(player: Player, count: int, seed: str) -> list[Outcome]:
    computer, rng = AdaptiveOpponent(random.Random(f"computer {seed}")), random.Random(seed)
    rounds: list[Round] = []
    for _ in range(count):
        move = computer.choose(rounds)
        rounds.append(Round(player(rounds, rng), move))
    return [played.outcome for played in rounds]


if __name__ == "__main__":
    main()
