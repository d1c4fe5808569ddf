"""CMC curve, mean average precision and mean inverse negative penalty of a retrieval."""

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vireid.errors import ConfigError, DataError
from vireid.metrics.ranks import GalleryIndex, match_scores
from vireid.metrics.scores import QueryScores, RetrievalScores, mean_scores
from vireid.types import Bool, Int

Count = Literal["identities", "images"]
"""What a rank of the CMC curve counts: distinct identities or images."""

_CHUNK = 1 << 22  # similarities converted at a time, where they have another type


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
    order of the gallery. Time O(Q G M) for M true matches of a query, at a dozen comparisons in a
    processor's cycle; memory beside the arguments is bounded.

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
        The CMC curve [R], mAP, mINP, the number of queries that count, and the scores of each.

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
    queries = per_query_scores(similarity, query_ids, gallery_ids, ignore=ignore, count=count)
    return mean_scores(queries, max_rank)


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
        Four arrays [Q], NaN and no matches for queries without a true match.

    Raises:
        DataError: where shapes disagree, a similarity is not finite or the gallery is empty.
        ConfigError: where count is unknown.

    >>> per_query_scores([[0.9, 0.8], [0.2, 0.1]], [1, 5], [2, 1]).average_precision
    array([0.5, nan])
    """
    if count not in get_args(Count):
        raise ConfigError(f"count is {count!r}; expected 'identities' or 'images'")
    matrix, queries, gallery, ignored = _checked(similarity, query_ids, gallery_ids, ignore)
    index = GalleryIndex.of(gallery)
    kind = np.float32 if matrix.dtype in (np.float16, np.float32) else np.float64
    parts, step = [], max(1, _CHUNK // len(gallery))
    for start in range(0, len(queries), step):
        rows = slice(start, start + step)
        parts.append(
            match_scores(
                np.ascontiguousarray(matrix[rows], dtype=kind),
                index.find(queries[rows]),
                index,
                None if ignored is None else np.ascontiguousarray(ignored[rows]),
                count_identities=count == "identities",
            )
        )
        if (parts[-1][2] < 0).any():
            raise DataError("similarity holds NaN or infinite values; check the embeddings")
    precision, penalty, first, matches = np.concatenate(parts, axis=1)
    return QueryScores(precision, penalty, first, matches.astype(np.int64))


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
