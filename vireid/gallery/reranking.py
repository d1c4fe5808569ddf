"""The best rows of a search, ranked again by the neighbours that they have in common."""

import numpy as np

from vireid.types import Float, Int


def rerank(vector: Float, vectors: Float) -> Int:
    """Rank some rows again by k-reciprocal neighbours, among themselves and the query.

    Args:
        vector: [D] of the query.
        vectors: [K, D] of the rows, most similar first.

    Returns:
        [K] the new order of the rows; ties as they were.
    """
    from vireid.scoring.protocol import Draw
    from vireid.scoring.similarity import draw_similarity

    count = len(vectors)
    everyone = np.concatenate([vector[None], vectors])
    draw = Draw(np.array([0]), np.arange(1, count + 1))
    similarity = draw_similarity(everyone, draw, rerank=True)(slice(0, 1))[0]
    return np.argsort(-similarity, kind="stable")
