"""Runs of two rows compared pair by pair: with the same data and the same seed."""

from collections.abc import Mapping
from typing import TypeVar

Shared = TypeVar("Shared")


def gains_by_run(
    better: Mapping[Shared, float], worse: Mapping[Shared, float]
) -> dict[Shared, float]:
    """Return how much each run of a row has more than its partner.

    Args:
        better: a number of each run of the row that should be better, by what it shares with its
            partner, such as data and seed.
        worse: the same of the other row.

    Returns:
        The differences of the runs that both rows have.

    >>> gains_by_run({"a": 3.0, "b": 5.0}, {"b": 4.0})
    {'b': 1.0}
    """
    return {key: better[key] - worse[key] for key in better if key in worse}
