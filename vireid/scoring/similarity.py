"""Similarities of queries and gallery, a block of queries at a time."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import jaccard_distance
from vireid.scoring.protocol import Draw
from vireid.types import Float, Int

Double = NDArray[np.float64]
Similarity = Callable[[slice | Int], Double]
"""Rows of a draw's queries -> their similarities [B, G]."""

NEIGHBOURS, AVERAGED, WEIGHT = 20, 6, 0.3
"""k1, k2 and lambda of the re-ranking, as in its paper."""

_BLOCK = 1 << 23  # similarities held at a time, 64 MB
_COLUMNS = 4096  # gallery images brought to double precision at a time


def query_blocks(draw: Draw) -> Iterator[slice]:
    """Cut the queries of a draw into blocks whose similarities fit into memory.

    Args:
        draw: Q queries and G gallery images.

    Yields:
        Consecutive ranges of the Q queries.
    """
    step = max(1, _BLOCK // len(draw.gallery))
    for start in range(0, len(draw.query), step):
        yield slice(start, min(start + step, len(draw.query)))


def draw_similarity(vectors: Float, draw: Draw, *, rerank: bool = False) -> Similarity:
    """Return a function that compares queries of a draw with its gallery.

    Similarities are dot products in double precision, so that ranks depend neither on the block
    nor on the matrix library. With ``rerank`` they are 1 - d*, where

        d* = (1 - lambda) d_J + lambda (1 - <q, g>),

    lambda = 0.3, and d_J is the Jaccard distance of the k-reciprocal neighbours among all queries
    and gallery images of the draw, k1 = 20 without the image itself, k2 = 6 with it (Zhong et
    al., CVPR 2017, equation 12). Memory grows with Q + G, not with Q G.

    Args:
        vectors: [N, D] rows of unit length of N test images.
        draw: indices of queries and gallery.
        rerank: whether to re-rank.

    Returns:
        A function of query rows of the draw.
    """
    gallery = vectors[draw.gallery]

    def compare(rows: slice | Int) -> Double:
        return dot_products(vectors[draw.query[rows]], gallery)

    if not rerank:
        return compare
    count = len(draw.query)
    everyone, place = np.concatenate([draw.query, draw.gallery]), None
    if draw.overlaps:  # an image is no neighbour of itself, in whatever role
        everyone, place = np.unique(everyone, return_inverse=True)
    whole = jaccard_distance(vectors[everyone], k1=NEIGHBOURS + 1, k2=AVERAGED)
    distance = whole[:count, count:] if place is None else whole[place[:count]][:, place[count:]]

    def compare_reranked(rows: slice | Int) -> Double:
        similarity = compare(rows)
        similarity *= WEIGHT
        near = distance[rows].tocoo()  # all others are at distance 1
        similarity[near.row, near.col] += (1 - WEIGHT) * (1 - near.data.astype(np.float64))
        return similarity

    return compare_reranked


def dot_products(query: Float, gallery: Float) -> Double:
    """Multiply in double precision.

    Args:
        query: [B, D].
        gallery: [G, D].

    Returns:
        [B, G].
    """
    rows = query.astype(np.float64)
    products = np.empty((len(query), len(gallery)))
    for start in range(0, len(gallery), _COLUMNS):
        part = slice(start, start + _COLUMNS)
        products[:, part] = rows @ gallery[part].astype(np.float64).T
    return products
