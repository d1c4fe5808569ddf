"""False-match and false-non-match rates of comparisons, learned without identities."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vireid.errors import DataError
from vireid.metrics.compared import (
    DIFFERENT,
    DISPUTED,
    LIKELY,
    SAME,
    SHARED,
    Compared,
    compared,
    similarities,
)
from vireid.metrics.proportion import effective_size, exact_interval, product_end
from vireid.metrics.verdicts import Seen
from vireid.types import Float, Int, Modality, PairRates

Numbers = NDArray[np.float64]
ERRORS = 10.0
"""Independent false matches that a rate needs: its standard error is then a third of it."""


def error_rates(
    vectors: Float,
    modality: ArrayLike,
    labellings: Int,
    pair: tuple[Modality, Modality],
    *,
    seen: Seen | None = None,
    chosen: Int | None = None,
) -> PairRates:
    """Estimate how often comparisons of two modalities err, by what several labellings say.

    Images that all labellings hold apart count as two people, those that all put together as one;
    where they differ, a comparison counts as either, by the share of labellings that say so. For
    the FNMR within a modality it counts as what most of them say: clusters that were joined by
    mistake weigh most there, and across modalities pairs that only some labellings find. The
    interval reaches from the lower end where no disputed comparison counts to the upper end where
    all do. The ends are those of Korn and Graubard (1998) at the effective number of comparisons,
    by leaving out one group of clusters at a time, as comparisons that share a person are not
    independent; few groups tell little of a variance, which counts, too (``few_groups``). Behind
    the last similarity that is supported the upper end is ``_end_behind``. What all labellings get
    wrong together is in no interval.

    Args:
        vectors: [N, D] embeddings, rows of unit length.
        modality: [N] 0 visible, 1 infrared.
        labellings: [R, N] cluster numbers, each row by itself; -1 where a labelling says nothing
            of an image. Clusters of the first one stand for people.
        pair: the modalities compared.
        seen: what tracks tell: two of one camera at one time are two people; images of one track
            are not compared.
        chosen: [M] the images that are compared; all where not given.

    Returns:
        The rates.

    Raises:
        DataError: lengths differ.

    >>> rows = np.eye(2, dtype=np.float32)[[0, 0, 1, 1]]  # two people, each of them twice
    >>> found = error_rates(rows, [0, 0, 0, 0], np.array([[0, 0, 1, 1]]), (0, 0))
    >>> found.different, found.same, found.fmr[[0, 200, 201]].tolist(), float(found.fnmr[400])
    (4, 2, [1.0, 1.0, 0.0], 0.0)
    """
    side = np.asarray(modality)
    if side.shape != vectors.shape[:1] or labellings.shape[1:] != side.shape:
        raise DataError(
            f"vectors have shape {vectors.shape}, modality {side.shape} and labellings "
            f"{labellings.shape}; expected (N, D), (N,) and (R, N)"
        )
    every = np.arange(len(side)) if chosen is None else chosen
    rows = every[side[every] == pair[0]]
    columns = rows if pair[0] == pair[1] else every[side[every] == pair[1]]
    return _rates(compared(vectors, labellings, (rows, columns), seen), pair)


def _rates(found: Compared, pair: tuple[Modality, Modality]) -> PairRates:
    """Turn counts into rates."""
    false = [_matching(found, weights, found.cluster_pairs) for weights in (
        {DIFFERENT: 1}, {DIFFERENT: 1, DISPUTED: 1, SHARED: -1}, {DIFFERENT: 1, DISPUTED: 1},
    )]  # fmt: skip
    likely = LIKELY if pair[0] == pair[1] else SHARED
    right = [_matching(found, weights, min(found.clusters)) for weights in (
        {SAME: 1, DISPUTED: 1}, {SAME: 1, likely: 1}, {SAME: 1},
    )]  # fmt: skip
    fmr, size = false[1]
    low, high = _ends(false)
    some, most = _ends(right)
    enough = np.flatnonzero(np.logical_and.accumulate(size * fmr >= ERRORS))
    last = int(enough[-1]) if enough.size else 0
    high = _end_behind(last, fmr, high, found.nearest)
    total = found.counts.sum(axis=1)
    grid = similarities()
    return PairRates(
        pair, grid, fmr, low, high, 1 - right[1][0], 1 - most, 1 - some,
        supported=float(grid[last]) if enough.size else None,
        different=int(total[DIFFERENT]), disputed=int(total[DISPUTED]), same=int(total[SAME]),
        clusters=found.clusters,
    )  # fmt: skip


def _matching(found: Compared, weights: dict[int, int], units: int) -> tuple[Numbers, Numbers]:
    """Return the share [K] of weighted comparisons that match, and its effective size [K].

    Where it is 0 or 1 the groups tell no variance: the size is then that of the units.
    """
    counts = sum(weight * found.counts[kind] for kind, weight in weights.items())
    touching = sum(weight * found.touching[kind] for kind, weight in weights.items())
    share, total = _tail(np.asarray(counts))
    if not total > 0:
        return share, np.ones_like(share)
    without = _tail(np.asarray(counts) - np.asarray(touching))[0]
    told = ~np.isnan(without).any(axis=1)  # a group that all comparisons touch leaves none
    told &= np.asarray(touching).sum(axis=1) > 0.5  # one that none touch tells nothing
    if told.sum() < 2:
        return share, np.ones_like(share)
    size = effective_size(without[told], share, total)
    edge = (share <= 0) | (share >= 1)
    return share, np.where(edge, max(1.0, min(float(units), float(total))), size)


def _tail(counts: Numbers) -> tuple[Numbers, Numbers]:
    """Return the share [..., K] of comparisons at or above each step, and how many there are."""
    above = np.cumsum(counts[..., ::-1], axis=-1)[..., ::-1]
    total = above[..., :1]
    there = total > 0.5  # sums of shares are not exactly 0
    share = np.where(there, above / np.where(there, total, 1), np.nan)
    return np.clip(share, 0.0, 1.0), total[..., 0]


def _ends(found: list[tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    """Return the lowest and the highest end of several intervals of a share that falls.

    What bounds it at one similarity also does at the higher ones from above, at the lower ones from
    below.
    """
    ends = [exact_interval(share, size) for share, size in found]
    low = np.fmin.reduce([one for one, _ in ends])
    high = np.fmax.reduce([other for _, other in ends])
    return np.fmax.accumulate(low[::-1])[::-1], np.fmin.accumulate(high)


def _end_behind(last: int, share: Numbers, high: Numbers, nearest: Int) -> Numbers:
    """Return upper ends [K] that behind a row rest on how many pairs of clusters still match.

    There a few pairs of people make most of the matches, or those who would were not met: then the
    matches themselves tell no variance. But of the pairs that match at the last row some share
    still does, of which the number of pairs tells an exact interval (Clopper and Pearson 1934), and
    those which do match in no greater share of their comparisons. So the share at the last row,
    times that share of the pairs, is no less than the share here; its end is ``product_end``.
    """
    pairs = np.cumsum(nearest[::-1])[::-1].astype(np.float64)[last:]
    left = pairs / max(1.0, pairs[0])
    end = product_end(share[last], high[last], left, exact_interval(left, pairs[0])[1])
    found = high.copy()
    found[last + 1 :] = np.fmax(end, share[last:])[1:]
    return np.asarray(np.fmin.accumulate(found))
