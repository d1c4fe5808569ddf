"""Mean and spread of several runs."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spread:
    """Mean and spread of several runs."""

    mean: float
    deviation: float | None
    """Standard deviation of the runs (n - 1); None for a single one."""
    runs: int


def spread(values: Iterable[float]) -> Spread | None:
    """Return mean and standard deviation.

    Args:
        values: of several runs.

    Returns:
        The spread; None where there is no value.

    >>> spread([1.0, 3.0])
    Spread(mean=2.0, deviation=1.4142135623730951, runs=2)
    """
    found = np.array(list(values), dtype=np.float64)
    if not found.size:
        return None
    deviation = float(found.std(ddof=1)) if found.size > 1 else None
    return Spread(float(found.mean()), deviation, found.size)
