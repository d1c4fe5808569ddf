"""Mean and spread of several runs."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

import numpy as np

from vireid.errors import ConfigError

LARGE = 2.8
"""The sum of both quantiles for any number of runs is above this one: 1.960 + 0.842 = 2.802."""


@dataclass(frozen=True)
class Spread:
    """Mean and spread of several runs."""

    mean: float
    deviation: float | None
    """Standard deviation of the runs (n - 1); None for a single one."""
    runs: int

    @property
    def error(self) -> float | None:
        """Standard error of the mean: the deviation over the root of the runs; None for one run."""
        return None if self.deviation is None else self.deviation / math.sqrt(self.runs)


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


def runs_needed(deviation: float, difference: float) -> int:
    """Return how many paired runs show a difference of two rows.

    The paired t test at the level of 5%, two-sided: of studies with so many runs four in five find
    a difference as large as this one. The usual approximation, (t(0.975) + t(0.8)) s / sqrt(n) <= d
    with t of n - 1 degrees of freedom.

    Args:
        deviation: s, standard deviation of the differences between paired runs, 0 or more.
        difference: d, what is to be found, in the same unit; its sign does not count.

    Returns:
        n, at least 2.

    Raises:
        ConfigError: the difference is 0, or a number is not finite or below 0.

    >>> [runs_needed(1.0, difference) for difference in (0.5, 1.0, 2.0)]
    [34, 10, 5]
    """
    from scipy.stats import t

    if not (math.isfinite(deviation) and math.isfinite(difference)) or deviation < 0:
        raise ConfigError(
            f"deviation is {deviation}, difference {difference}; expected finite numbers, the "
            "deviation 0 or more"
        )
    if not difference:
        raise ConfigError("difference is 0, which no number of runs shows")
    share = abs(difference) / deviation if deviation else math.inf
    low = max(2, math.floor((LARGE / share) ** 2))
    return next(
        n for n in count(low) if float(np.sum(t.ppf([0.975, 0.8], n - 1))) <= share * math.sqrt(n)
    )
