"""Lists of results that end where too many false matches are to be expected."""

import warnings

import numpy as np

from vireid.errors import ConfigError
from vireid.ranking.false_matches import FalseMatches
from vireid.types import Bool, Ranking


def check_most(most: float | None) -> None:
    """Refuse a number of false matches that leaves nothing.

    Args:
        most: false matches to expect for a query; None for any number.

    Raises:
        ConfigError: it is not above 0.
    """
    if most is not None and not most > 0:
        raise ConfigError(f"--max-false-matches {most:g}: expected more than 0")


def within(found: FalseMatches, ranking: Ranking, most: float) -> tuple[Ranking, FalseMatches]:
    """Leave out results that come with too many false matches; warn where nothing is left.

    Args:
        found: false matches of the ranking's results.
        ranking: of Q queries.
        most: false matches to expect for a query, in each modality searched.

    Returns:
        The ranking without them, and the numbers of what is left.

    Raises:
        ConfigError: the rates say nothing of a result.
    """
    unknown = np.isnan(found.expected) & (ranking.order >= 0)
    if unknown.any():
        raise ConfigError(
            "--max-false-matches: the rates say nothing of these modalities; `vireid calibrate` "
            "with images of both, or say --only"
        )
    left = found.cut(ranking, most)
    _warn_of_nothing(most, ranking, left[0], found)
    return left


def _warn_of_nothing(most: float, before: Ranking, left: Ranking, found: FalseMatches) -> None:
    """Warn of queries of which nothing is left, and say what their best result comes with."""
    lost: Bool = np.asarray((before.order >= 0).any(axis=1) & (left.order < 0).all(axis=1))
    if lost.any():
        best = short(float(np.nanmin(found.expected[lost])))
        warnings.warn(
            f"--max-false-matches {most:g} leaves nothing for {lost.sum()} of {len(lost)} queries: "
            f"as far as the rates tell, their best result comes with {best} or fewer; ask for "
            "more, search fewer images, or calibrate with more people",
            stacklevel=4,
        )


def short(number: float) -> str:
    """Return a number of false matches in two digits, whole ones in full.

    Args:
        number: at least 0.

    Returns:
        Text.

    >>> short(0.0123), short(12345.6)
    ('0.012', '12,346')
    """
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"
