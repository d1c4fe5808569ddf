"""Exact search: the best gallery images for each query."""

import numpy as np

from vireid.errors import ConfigError, DataError
from vireid.ranking.gallery import Gallery
from vireid.types import Embeddings, Ranking


def search(
    queries: Embeddings | Gallery,
    gallery: Embeddings | Gallery,
    top: int = 10,
    *,
    block: int = 1024,
) -> Ranking:
    """Find the most similar images of a gallery for each query, by dot product.

    Args:
        queries: Q embeddings, with or without their images.
        gallery: G embeddings of the same size D, likewise.
        top: K, images to return for each query; at most G are.
        block: queries compared at once, which bounds memory at block x G.

    Returns:
        Ranking [Q, K], ties in the order of the gallery.

    Raises:
        DataError: the gallery is empty or of another embedding size.
        ConfigError: ``top`` is below 1, or what is given holds no embeddings.
    """
    queries, gallery = _embeddings(queries), _embeddings(gallery)
    if not len(gallery):
        raise DataError("the gallery is empty; expected at least one image")
    if top < 1:
        raise ConfigError(f"top is {top}; expected at least 1")
    sizes = queries.vectors.shape[1], gallery.vectors.shape[1]
    if sizes[0] != sizes[1]:
        raise DataError(
            f"queries have {sizes[0]} dimensions and the gallery {sizes[1]}; "
            "embed both with the same run"
        )
    count = min(top, len(gallery))
    orders, values = [np.empty((0, count), np.int64)], [np.empty((0, count), np.float32)]
    for start in range(0, len(queries), block):
        similarity = queries.vectors[start : start + block] @ gallery.vectors.T
        order = np.argsort(-similarity, axis=1, kind="stable")[:, :count]
        orders.append(order)
        values.append(np.take_along_axis(similarity, order, axis=1))
    return Ranking(np.concatenate(orders), np.concatenate(values))


def _embeddings(given: Embeddings | Gallery) -> Embeddings:
    """Return what is compared; refuse the path of an image or of a gallery, say."""
    if not isinstance(given, Embeddings | Gallery):
        raise ConfigError(
            f"a {type(given).__name__} is given; expected Embeddings, or a Gallery as of "
            "vireid.embed or load_gallery"
        )
    return given.embeddings if isinstance(given, Gallery) else given
