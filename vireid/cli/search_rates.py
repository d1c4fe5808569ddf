"""What searches say of false matches, and where `vireid search` cuts its lists."""

import argparse

import numpy as np

from vireid.cli.arguments import folder
from vireid.ranking import FalseMatches
from vireid.ranking.within import short


def add_rates(command: argparse.ArgumentParser, cuts: bool = True) -> None:
    """Add the options on false matches.

    Args:
        command: the parser that gets them.
        cuts: whether it also cuts lists.
    """
    command.add_argument(
        "--rates",
        type=folder,
        metavar="JSON",
        help="error rates from `vireid calibrate` (default: RUN/rates.json, where it is there): "
        "print beside each result how many false matches are to be expected",
    )
    if cuts:
        command.add_argument(
            "--max-false-matches",
            type=float,
            metavar="X",
            help="leave out results at which more than X false matches are to be expected for a "
            "query in each modality searched",
        )


def false_words(expected: FalseMatches | None, query: int, place: int) -> list[str]:
    """Return the cell that tells the false matches of a result.

    Args:
        expected: of all results; None where there are no rates.
        query: its number, from 0.
        place: of the result, from 0.

    Returns:
        One text, none without rates.
    """
    if expected is None:
        return []
    number = expected.expected[query, place]
    if np.isnan(number):
        return ["unknown"]
    return [f"{'<' * bool(expected.bounded[query, place])}{short(number)}"]
