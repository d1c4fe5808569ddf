"""Which pairs of clusters may be made at all, judged by their costs alone."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from vireid.errors import ConfigError
from vireid.types import Bool

Array = NDArray[np.float64]

Rejection = Literal["none", "mutual", "margin", "adaptive"]
"""A rule of ``allowed_pairs``."""

MANY_LEFT = 0.24
"""Share of the clusters of each modality without mutual pair from which ``adaptive`` refuses. On
development data with everybody seen in both modalities the smaller of the two shares was 0.26 and
0.27 in the first labelling of the last stage and 0.13 to 0.22 in all others; with a third of each
modality's people seen in that one only, 0.25 to 0.37 in all."""


def allowed_pairs(cost: Array, reject: Rejection = "none") -> Bool:
    """Tell which pairs may be made where some people were seen in one modality only.

    Whoever was seen in one modality only has no partner, and a matching that gives everybody one
    is wrong about them and takes partners away from others. The rules need no threshold.

    - ``none``: all pairs.
    - ``mutual``: pairs that are each other's cheapest.
    - ``margin``: pairs that are each other's cheapest *clearly*: the lead over the best other
      candidate is, on both sides, longer than a wrong candidate's would be. A cluster without
      counterpart has wrong candidates only. The distances between the lowest of many values
      shrink as 1, 1/2, 1/3, ... where the values have an exponential tail (Renyi 1953), so that
      such a cluster's first candidate leads by twice the step from its second to its third. That
      step is averaged over all clusters of a modality, whose second and third candidates are
      mostly wrong.
    - ``adaptive``: ``mutual`` where at least 24% (``MANY_LEFT``) of the clusters of each modality
      are in no mutual pair; else ``none``. Where everybody was seen in both modalities, refusing
      takes partners away that are right; where many were not, giving everybody one does more harm.
      In one modality alone many may be left because its cameras split people.

    Args:
        cost: [Cv, Cr] finite costs of each pair; not modified.
        reject: the rule.

    Returns:
        [Cv, Cr] True where a pair may be made. A cluster with one candidate has nothing to compare
        it with and accepts it; with two, a lead above 0 is enough.

    Raises:
        ConfigError: an unknown rule.

    >>> cost = np.array([[0.1, 0.8, 0.9], [0.8, 0.6, 0.7], [0.9, 0.7, 0.8]])
    >>> allowed_pairs(cost, "mutual").astype(int).tolist()
    [[1, 0, 0], [0, 1, 0], [0, 0, 0]]
    >>> allowed_pairs(cost, "margin").astype(int).tolist()
    [[1, 0, 0], [0, 0, 0], [0, 0, 0]]
    """
    if reject not in get_args(Rejection):
        raise ConfigError(f"reject is {reject!r}; expected one of {', '.join(get_args(Rejection))}")
    every = np.ones(cost.shape, dtype=np.bool_)
    if reject == "none" or not cost.size:
        return every
    if reject != "margin":
        mutual = (_lead(cost) >= 0) & (_lead(cost.T) >= 0).T
        return every if reject == "adaptive" and _left_alone(mutual) < MANY_LEFT else mutual
    return (_lead(cost) > _wrong_lead(cost)) & (_lead(cost.T) > _wrong_lead(cost.T)).T


def _left_alone(pairs: Bool) -> float:
    """Return the share of clusters without pair, in the modality where it is smaller."""
    return 1 - float(max(pairs.any(axis=0).mean(), pairs.any(axis=1).mean()))


def _lead(cost: Array) -> Array:
    """Return how much cheaper each pair [R, C] is than the row's best other candidate."""
    if cost.shape[1] < 2:
        return np.full(cost.shape, np.inf)
    lowest = np.partition(cost, 1, axis=1)
    first, second = lowest[:, :1], lowest[:, 1:2]
    return np.where(cost == first, second, first) - cost


def _wrong_lead(cost: Array) -> float:
    """Return the lead that a wrong candidate is expected to have; 0 below three candidates."""
    if cost.shape[1] < 3:
        return 0.0
    lowest = np.partition(cost, (1, 2), axis=1)
    return 2 * float(np.mean(lowest[:, 2] - lowest[:, 1]))
