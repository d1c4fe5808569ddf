"""Ranks of true matches, found by counting what beats them: no row is ever sorted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vireid.compiled import kept
from vireid.metrics.scores import Double
from vireid.types import Bool, Int


@dataclass(frozen=True)
class GalleryIndex:
    """Where each of I identities is in a gallery of G images."""

    identities: Int
    """[I] ascending."""
    members: Int
    """[G] columns, those of an identity together and ascending."""
    bounds: Int
    """[I + 1] identity i has ``members[bounds[i]:bounds[i + 1]]``."""
    codes: NDArray[np.uint32]
    """[G] the position of each column's identity among the identities."""

    @classmethod
    def of(cls, gallery_ids: Int) -> "GalleryIndex":
        """Index a gallery.

        Args:
            gallery_ids: [G] identities.

        Returns:
            The index.
        """
        identities, codes = np.unique(gallery_ids, return_inverse=True)
        members = np.argsort(codes, kind="stable")
        bounds = np.searchsorted(codes[members], np.arange(len(identities) + 1))
        return cls(identities, members, bounds, codes.astype(np.uint32))

    def find(self, query_ids: Int) -> Int:
        """Look up identities.

        Args:
            query_ids: [Q] identities.

        Returns:
            [Q] their positions among the identities, -1 for absent ones.
        """
        place = np.searchsorted(self.identities, query_ids)
        place[place == len(self.identities)] = 0
        return np.where(self.identities[place] == query_ids, place, -1)


def match_scores(
    similarity: NDArray[Any],
    groups: Int,
    index: GalleryIndex,
    ignored: Bool | None,
    *,
    count_identities: bool,
) -> Double:
    """Score each of Q rows by the ranks of its true matches.

    The rank of an image is 1 + the number of images that beat it: those of larger similarity, and
    those of equal similarity that stand before it in the gallery. Time O(Q G M) for M true
    matches, at a dozen comparisons in a processor's cycle; memory O(G).

    Args:
        similarity: [Q, G] contiguous, float32 or float64.
        groups: [Q] positions among the index's identities, -1 for absent ones.
        index: of the gallery.
        ignored: [Q, G] true where a column is no part of a row's gallery; None for nowhere.
        count_identities: whether the rank of the first match counts identities, by the first
            image of each, in place of images.

    Returns:
        [4, Q] average precision, inverse negative penalty, rank of the first match, NaN for
        rows without a match, and number of matches; rank -1 for rows with a similarity that is
        not finite.
    """
    scores = np.full((4, len(groups)), np.nan)
    scores[3] = 0
    mask = np.empty((0, 0), dtype=np.bool_) if ignored is None else ignored
    layout = index.members, index.bounds, index.codes
    _score_rows(similarity, mask, groups, *layout, count_identities, scores)
    return scores


@kept
@njit(nogil=True)
def _score_rows(similarity, ignored, groups, members, bounds, codes, by_identity, scores):  # type: ignore[no-untyped-def]
    """Fill the scores [4, Q]."""
    row = np.empty(similarity.shape[1], dtype=similarity.dtype)
    ranks = np.empty(np.diff(bounds).max(), dtype=np.int64)
    beating = np.empty(len(row), dtype=np.uint32)
    seen = np.full(len(bounds) - 1, -1, dtype=np.int32)  # the last row that met an identity
    for i in range(len(groups)):
        if not _copied_if_finite(similarity, i, row):
            scores[2, i] = -1
            continue
        if len(ignored):
            _drop(row, ignored, i)
        if groups[i] >= 0:
            own = members[bounds[groups[i]] : bounds[groups[i] + 1]]
            found, first = _rank_matches(row, own, ranks)
            if found:
                _average(ranks[:found], scores, i)
                if by_identity:
                    scores[2, i] = 1 + _identities_beating(row, first, codes, beating, seen, i)


@kept
@njit(nogil=True)
def _rank_matches(row, own, ranks):  # type: ignore[no-untyped-def]
    """Fill the ranks of one identity's columns, ascending; return their number and the first."""
    found, first = 0, -1
    for column in own:
        if row[column] > -np.inf:
            rank, place = 1 + _beating(row, column), found
            while place > 0 and ranks[place - 1] > rank:
                ranks[place] = ranks[place - 1]
                place -= 1
            ranks[place] = rank
            found += 1
            if first < 0 or row[column] > row[first]:
                first = column
    return found, first


@kept
@njit(nogil=True)
def _copied_if_finite(similarity, i, row):  # type: ignore[no-untyped-def]
    """Copy row i and tell whether all its values are finite."""
    wrong = np.uint32(0)
    for j in range(np.uint32(len(row))):
        row[j] = similarity[i, j]
        wrong = np.uint32(wrong + (np.uint32(0) if row[j] - row[j] == 0 else np.uint32(1)))
    return wrong == 0


@kept
@njit(nogil=True)
def _beating(row, column):  # type: ignore[no-untyped-def]
    """Count the values that come before a column's in descending order, ties from the left.

    All numbers are 32 bits wide and unsigned: that lets the compiler compare 16 values at once.
    """
    one, none = np.uint32(1), np.uint32(0)
    value, count = row[column], none
    for j in range(np.uint32(column)):
        count = np.uint32(count + (one if row[j] >= value else none))
    for j in range(np.uint32(column + 1), np.uint32(len(row))):
        count = np.uint32(count + (one if row[j] > value else none))
    return np.int64(count)


@kept
@njit(nogil=True)
def _drop(row, ignored, i):  # type: ignore[no-untyped-def]
    """Put what row i ignores behind everything."""
    for j in range(np.uint32(len(row))):
        row[j] = -np.inf if ignored[i, j] else row[j]


@kept
@njit(nogil=True)
def _identities_beating(row, column, codes, beating, seen, i):  # type: ignore[no-untyped-def]
    """Count the identities with an image that beats a column's; nothing here is a guess."""
    one, none = np.uint32(1), np.uint32(0)
    value, images, count = row[column], none, none
    for j in range(np.uint32(column)):
        beating[images] = codes[j]
        images = np.uint32(images + (one if row[j] >= value else none))
    for j in range(np.uint32(column + 1), np.uint32(len(row))):
        beating[images] = codes[j]
        images = np.uint32(images + (one if row[j] > value else none))
    for a in range(images):
        identity = beating[a]
        count = np.uint32(count + (one if seen[identity] != i else none))
        seen[identity] = i
    return np.int64(count)


@kept
@njit(nogil=True)
def _average(ranks, scores, i):  # type: ignore[no-untyped-def]
    """Fill the scores of row i from the ascending ranks of its matches."""
    total = 0.0
    for number in range(len(ranks)):
        total += (number + 1) / ranks[number]
    scores[0, i] = total / len(ranks)
    scores[1, i] = len(ranks) / ranks[-1]
    scores[2, i] = ranks[0]
    scores[3, i] = len(ranks)
