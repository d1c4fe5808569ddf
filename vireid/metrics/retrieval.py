"""CMC curve, mean average precision and mean inverse negative penalty of a retrieval."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vireid.errors import ConfigError, DataError
from vireid.metrics.order import descending_order
from vireid.types import Bool, Int, RetrievalScores

Count = Literal["identities", "images"]
"""What a rank of the CMC curve counts: distinct identities or images."""

Double = NDArray[np.float64]
_CHUNK = 1 << 19  # similarities ranked at a time


@dataclass(frozen=True)
class QueryScores:
    """The scores of each of Q queries; NaN for a query without a true match."""

    average_precision: Double
    """[Q] mean over the true matches of (rank among the true matches / rank), in (0, 1]."""
    inverse_negative_penalty: Double
    """[Q] number of true matches / rank of the last one, in (0, 1]."""
    first_match: Double
    """[Q] rank of the first true match, from 1, in identities or images as asked for."""


def retrieval_scores(
    similarity: ArrayLike,
    query_ids: ArrayLike,
    gallery_ids: ArrayLike,
    *,
    ignore: ArrayLike | None = None,
    count: Count = "identities",
    max_rank: int = 20,
) -> RetrievalScores:
    """Score how well Q queries find their identities among G gallery images.

    A query with no true match left in the gallery does not count. Equal similarities keep the
    order of the gallery. Time O(Q G log G); memory beside the arguments is bounded.

    Args:
        similarity: [Q, G] finite similarities, larger is closer.
        query_ids: [Q] identities of the queries.
        gallery_ids: [G] identities of the gallery images.
        ignore: [Q, G] true where a gallery image is no part of a query's gallery; none if
            not given.
        count: "identities" reduces the ranked list to the first image of each identity before
            the CMC curve is taken (SYSU-MM01, LLCM); "images" counts every image (RegDB). The
            other two scores always use every image.
        max_rank: R, the length of the CMC curve; a gallery with fewer ranks repeats the last
            value.

    Returns:
        The CMC curve [R], mAP, mINP and the number of queries that count.

    Raises:
        DataError: where shapes disagree, a similarity is not finite, the gallery is empty or
            no query has a true match.
        ConfigError: where count is unknown or max_rank is below 1.

    >>> scores = retrieval_scores([[0.9, 0.8, 0.1]], [7], [3, 7, 7], max_rank=3)
    >>> scores.cmc.tolist(), round(scores.mAP, 3), round(scores.mINP, 3)
    ([0.0, 1.0, 1.0], 0.583, 0.667)
    """
    if max_rank < 1:
        raise ConfigError(f"max_rank is {max_rank}; expected at least 1")
    scores = per_query_scores(similarity, query_ids, gallery_ids, ignore=ignore, count=count)
    valid = ~np.isnan(scores.average_precision)
    if not valid.any():
        raise DataError(
            f"none of the {len(valid)} queries has an image of its identity in its gallery; "
            "check the identities and the split"
        )
    ranks = np.arange(1, max_rank + 1)
    return RetrievalScores(
        cmc=np.mean(scores.first_match[valid, None] <= ranks, axis=0),
        mAP=float(scores.average_precision[valid].mean()),
        mINP=float(scores.inverse_negative_penalty[valid].mean()),
        valid_queries=int(valid.sum()),
    )


def per_query_scores(
    similarity: ArrayLike,
    query_ids: ArrayLike,
    gallery_ids: ArrayLike,
    *,
    ignore: ArrayLike | None = None,
    count: Count = "identities",
) -> QueryScores:
    """Score each of Q queries by itself.

    Args:
        similarity: [Q, G] finite similarities, larger is closer.
        query_ids: [Q] identities of the queries.
        gallery_ids: [G] identities of the gallery images.
        ignore: [Q, G] true where a gallery image is no part of a query's gallery; none if
            not given.
        count: what the rank of the first true match counts, "identities" or "images".

    Returns:
        Three arrays [Q], NaN for queries without a true match.

    Raises:
        DataError: where shapes disagree, a similarity is not finite or the gallery is empty.
        ConfigError: where count is unknown.

    >>> per_query_scores([[0.9, 0.8], [0.2, 0.1]], [1, 5], [2, 1]).average_precision
    array([0.5, nan])
    """
    if count not in get_args(Count):
        raise ConfigError(f"count is {count!r}; expected 'identities' or 'images'")
    matrix, queries, gallery, ignored = _checked(similarity, query_ids, gallery_ids, ignore)
    scores = np.full((3, len(queries)), np.nan)
    step = max(1, _CHUNK // len(gallery))
    for start in range(0, len(queries), step):
        rows = slice(start, start + step)
        part = None if ignored is None else ignored[rows]
        scores[:, rows] = _rank(matrix[rows], queries[rows], gallery, part, count)
    return QueryScores(*scores)


def _checked(
    similarity: ArrayLike, query_ids: ArrayLike, gallery_ids: ArrayLike, ignore: ArrayLike | None
) -> tuple[NDArray[Any], Int, Int, Bool | None]:
    """Return the arguments as arrays, or say which of them does not fit."""
    matrix = np.asarray(similarity)
    queries, gallery = _identities("query_ids", query_ids), _identities("gallery_ids", gallery_ids)
    shape = (len(queries), len(gallery))
    if 0 in shape:
        raise DataError(f"{shape[0]} queries and {shape[1]} gallery images; expected some of both")
    if matrix.shape != shape:
        raise DataError(f"similarity has shape {matrix.shape}; the identities ask for {shape}")
    if not np.issubdtype(matrix.dtype, np.floating):
        matrix = matrix.astype(np.float64)
    ignored = None if ignore is None else np.asarray(ignore)
    if ignored is not None and (ignored.shape != shape or ignored.dtype != np.bool_):
        raise DataError(
            f"ignore has shape {ignored.shape} and type {ignored.dtype}; expected {shape}, bool"
        )
    return matrix, queries, gallery, ignored


def _identities(name: str, values: ArrayLike) -> Int:
    array = np.asarray(values)
    if array.ndim != 1 or (array.size and not np.issubdtype(array.dtype, np.integer)):
        raise DataError(
            f"{name} has shape {array.shape} and type {array.dtype}; "
            "expected one dimension of whole numbers"
        )
    return array.astype(np.int64)


def _rank(
    similarity: NDArray[Any], queries: Int, gallery: Int, ignore: Bool | None, count: Count
) -> Double:
    """Return average precision, inverse negative penalty and first rank of a chunk [3, q]."""
    if not np.isfinite(similarity).all():
        raise DataError("similarity holds NaN or infinite values; check the embeddings")
    kept = np.full((len(queries), 1), len(gallery))
    if ignore is not None:
        similarity = np.where(ignore, -np.inf, similarity)  # ignored images come last
        kept -= ignore.sum(axis=1, keepdims=True)
    order = descending_order(similarity)
    match = (gallery[order] == queries[:, None]) & (np.arange(len(gallery)) < kept)
    scores = np.full((3, len(queries)), np.nan)
    row, position = np.nonzero(match)  # the true matches, query by query, nearest first
    if not len(row):
        return scores
    valid, start, total = np.unique(row, return_index=True, return_counts=True)
    number = np.arange(len(row)) - np.repeat(start, total) + 1
    first = position[start]
    before = first
    if count == "identities":
        before = _identities_before(order[valid], gallery, first)
    scores[0, valid] = np.add.reduceat(number / (position + 1), start) / total
    scores[1, valid] = total / (position[start + total - 1] + 1)
    scores[2, valid] = before + 1
    return scores


def _identities_before(order: Int, gallery: Int, position: Int) -> Int:
    """Count the identities whose first image stands before the position [q] of each row."""
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(len(gallery))[None], axis=1)
    columns = np.argsort(gallery, kind="stable")
    grouped = gallery[columns]
    starts = np.flatnonzero(np.append(True, grouped[1:] != grouped[:-1]))
    best = np.minimum.reduceat(place[:, columns], starts, axis=1)  # [q, identities]
    return (best < position[:, None]).sum(axis=1)
