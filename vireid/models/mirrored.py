"""Embeddings of images averaged with those of their mirror images."""

import numpy as np

from vireid.types import Embeddings


def averaged_rows(plain: Embeddings, mirror: Embeddings) -> Embeddings:
    """Average embeddings of images with those of their mirror images.

    Args:
        plain: [N, D].
        mirror: [N, D] likewise.

    Returns:
        The sum of both, brought to unit length.
    """
    vectors = plain.vectors + mirror.vectors
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return Embeddings(vectors / lengths, plain.modality)
