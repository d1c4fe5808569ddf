"""Clusters as masses that are moved to each other at the least cost."""

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from vireid.errors import ConfigError, DataError
from vireid.matching.prices import pair_prices
from vireid.types import NOISE, Matching

Array = NDArray[np.float64]

_CONVERGED = 1e-10
"""Largest relative distance of the share of a row from an equal one."""
_MOST = 1000
"""How often rows and columns are scaled at most."""


def transport_plan(cost: NDArray[np.floating], regularisation: float = 5.0) -> Array:
    """Find how much mass goes from each visible to each infrared cluster.

    The plan P has the least sum of P (cost + regularisation log P) of all plans in which each row
    has the share 1 / Cv and each column 1 / Cr. Rows and columns are scaled by turns, on logarithms
    so that nothing vanishes, until the plan no longer changes.

    Source: Cuturi, Sinkhorn Distances, NeurIPS 2013; Yin et al., Robust Pseudo-label Learning with
    Neighbor Relation (RPNR), ACM MM 2024.

    Args:
        cost: [Cv, Cr] cost of each pair; not modified. Either may be 0.
        regularisation: weight of the entropy, more than 0; the more, the more even the plan.

    Returns:
        [Cv, Cr] that sums to 1. A warning is given where a thousand scalings do not suffice, as a
        small regularisation needs more.

    Raises:
        DataError: costs that are not [Cv, Cr], or not finite.
        ConfigError: a regularisation that is not above 0.

    >>> transport_plan(np.array([[0.0, 1.0], [1.0, 0.0]]), 0.1).round(4).tolist()
    [[0.5, 0.0], [0.0, 0.5]]
    """
    values = np.asarray(cost, dtype=np.float64)
    if values.ndim != 2 or not np.isfinite(values).all():
        raise DataError(
            f"costs of shape {values.shape} cannot be matched; expected finite costs of shape "
            "(visible, infrared) clusters"
        )
    if not 0 < regularisation < np.inf:
        raise ConfigError(f"regularisation is {regularisation}; expected more than 0")
    if not values.size:
        return values.copy()
    kernel = -values / regularisation
    row, column = -np.log(values.shape)
    right = np.zeros(values.shape[1])
    for _ in range(_MOST):
        left = row - logsumexp(kernel + right, axis=1)
        right = column - logsumexp(kernel + left[:, None], axis=0)
        plan = np.exp(kernel + left[:, None] + right)
        if np.abs(plan.sum(axis=1) * len(plan) - 1).max() < _CONVERGED:
            return plan
    warnings.warn(
        f"the transport plan still changes after {_MOST} scalings; a regularisation above "
        f"{regularisation:g} converges faster",
        stacklevel=2,
    )
    return plan


def match_by_transport(cost: NDArray[np.floating], regularisation: float = 5.0) -> Matching:
    """Give each cluster the cluster of the other modality that gets most of its mass.

    Both ways are many-to-one, and need not agree.

    Source: RPNR, see ``transport_plan``.

    Args:
        cost: [Cv, Cr] cost of each pair; not modified. Either may be 0.
        regularisation: weight of the entropy, more than 0.

    Returns:
        The partner of each visible cluster, and the way back. Infrared clusters that are nobody's
        partner join the visible cluster which gets most of their mass.

    Raises:
        DataError: costs that are not [Cv, Cr], or not finite.
        ConfigError: a regularisation that is not above 0.

    >>> found = match_by_transport(np.array([[0.1, 0.9, 0.2], [0.8, 0.3, 0.9]]))
    >>> found.partner.tolist(), found.to_visible.tolist(), found.visible_partner.tolist()
    ([0, 1], [0, 1, 0], [-1, -1, 0])
    """
    plan = transport_plan(cost, regularisation)
    visible, infrared = plan.shape
    if not plan.size:
        return Matching(np.full(visible, NOISE), infrared, np.full(visible, np.nan))
    partner, back = plan.argmax(axis=1), plan.argmax(axis=0)
    alone = np.where(np.isin(np.arange(infrared), partner), NOISE, back)
    paid, following = pair_prices(np.asarray(cost, dtype=np.float64), partner)
    return Matching(partner, infrared, paid, following, alone, back)
