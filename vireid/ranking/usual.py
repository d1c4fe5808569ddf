"""What a similarity is to be compared with: that of pairs of images taken at random."""

import numpy as np

from vireid.ranking.gallery import Gallery

PAIRS = 2000
"""Random pairs of gallery images."""
LEAST = 50
"""Gallery images below which nothing is said."""


def usual_similarity(queries: Gallery, gallery: Gallery) -> str | None:
    """Say how similar queries are to gallery images taken at random, nearly all of other people.

    Args:
        queries: Q embedded images.
        gallery: G embedded images of the same network.

    Returns:
        A line with the median and the 99th percentile; None where there are too few images.
    """
    if len(gallery) < LEAST or not len(queries):
        return None
    generator = np.random.default_rng(0)
    one = generator.integers(0, len(queries), PAIRS)
    other = generator.integers(0, len(gallery), PAIRS)
    pairs = queries.embeddings.vectors[one] * gallery.embeddings.vectors[other]
    middle, high = np.quantile(pairs.sum(axis=1), (0.5, 0.99))
    return (
        f"for comparison: of random images of this gallery, half are below {middle:.2f} and 99% "
        f"below {high:.2f}, whoever they show"
    )
