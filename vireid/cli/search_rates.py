"""What `vireid search` says of false matches, and where it cuts its lists."""

import argparse
import warnings

import numpy as np

from vireid.cli.arguments import folder
from vireid.errors import ConfigError, DataError
from vireid.ranking import FalseMatches, MatchRates, false_matches, load_rates
from vireid.ranking.match_rates import check_rates
from vireid.runs import Run
from vireid.runs.looking import Looking
from vireid.types import Bool, Ranking


def add_rates(command: argparse.ArgumentParser) -> None:
    """Add the options on false matches.

    Args:
        command: the parser that gets them.
    """
    command.add_argument(
        "--rates",
        type=folder,
        metavar="JSON",
        help="error rates from `vireid calibrate` (default: RUN/rates.json, where it is there): "
        "print beside each result how many false matches are to be expected",
    )
    command.add_argument(
        "--max-false-matches",
        type=float,
        metavar="X",
        help="leave out results at which more than X false matches are to be expected for a query "
        "in each modality searched",
    )


def expected_of(
    arguments: argparse.Namespace, looking: Looking, ranking: Ranking
) -> tuple[Ranking, FalseMatches | None]:
    """Say how many false matches to expect at each result, and cut lists where that is asked for.

    Args:
        arguments: parsed options, rates and max_false_matches among them.
        looking: queries and gallery.
        ranking: what was found, [Q, K].

    Returns:
        The ranking, without what was cut, and the numbers; None where there are no rates.

    Raises:
        DataError: the rates named are of another network, or damaged.
        ConfigError: lists are to be cut, and there are no rates, or the number is no such.
    """
    most = arguments.max_false_matches
    if most is not None and not most > 0:
        raise ConfigError(f"--max-false-matches {most:g}: expected more than 0")
    rates = _rates(arguments, looking)
    if rates is None:
        if most is not None:
            raise ConfigError(
                "--max-false-matches needs the error rates of the run: first `vireid calibrate RUN "
                "HELD-OUT-IMAGES`, or name them by --rates"
            )
        return ranking, None
    found = false_matches(rates, looking.queries, looking.gallery, ranking, only=looking.only)
    if most is None:
        return ranking, found
    unknown = np.isnan(found.expected) & (ranking.order >= 0)
    if unknown.any():
        raise ConfigError(
            "--max-false-matches: the rates say nothing of these modalities; `vireid calibrate` "
            "with images of both, or say --only"
        )
    cut = found.cut(ranking, most)
    _warn_of_nothing(most, ranking, cut[0], found)
    return cut


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
    return [f"{'<' * bool(expected.bounded[query, place])}{_short(number)}"]


def _short(number: float) -> str:
    """Return a number in two digits, whole ones in full."""
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def _rates(arguments: argparse.Namespace, looking: Looking) -> MatchRates | None:
    """Return the rates that are named, or those that the run keeps if they fit the gallery."""
    if arguments.rates is not None:
        return load_rates(arguments.rates)
    file = Run(arguments.run).rates_file
    if not file.is_file():
        return None
    rates = load_rates(file)
    try:
        check_rates(rates, looking.gallery)
    except DataError as error:
        warnings.warn(f"{file} is not used: {error}", stacklevel=3)
        return None
    return rates


def _warn_of_nothing(most: float, before: Ranking, left: Ranking, found: FalseMatches) -> None:
    """Warn of queries of which nothing is left, and say what their best result comes with."""
    lost: Bool = np.asarray((before.order >= 0).any(axis=1) & (left.order < 0).all(axis=1))
    if lost.any():
        best = _short(float(np.nanmin(found.expected[lost])))
        warnings.warn(
            f"--max-false-matches {most:g} leaves nothing for {lost.sum()} of {len(lost)} queries: "
            f"as far as the rates tell, their best result comes with {best} or fewer; ask for "
            "more, search fewer images, or calibrate with more people",
            stacklevel=3,
        )
