"""Exact search: the best gallery images for each query."""

import warnings
from collections.abc import Sequence

import numpy as np

from vireid.errors import ConfigError, DataError
from vireid.ranking.gallery import Gallery
from vireid.ranking.own import Own, OwnRows
from vireid.ranking.same_levels import check_same_levels
from vireid.ranking.same_statistics import check_same_statistics
from vireid.types import Embeddings, Float, Int, Modality, Ranking


def search(
    queries: Embeddings | Gallery,
    gallery: Embeddings | Gallery,
    top: int = 10,
    *,
    only: Modality | None = None,
    ignore: Sequence[Own] = (),
    block: int = 1024,
) -> Ranking:
    """Find the most similar images of a gallery for each query, by dot product.

    Args:
        queries: Q embeddings, with or without their images.
        gallery: G embeddings of the same size D, likewise, by the same network; images of more
            than 8 bits scaled alike (``vireid.embed(..., levels=gallery.levels)``).
        top: K, images to return for each query; at most G are.
        only: search among the gallery images of one modality.
        ignore: what of a query itself is left out: its ``own-file``, which is the image of the same
            place, bytes or pixels, its ``own-track`` or its ``own-camera``, as far as the gallery
            knows it; both sides are then to be galleries.
        block: queries compared at once, which bounds memory at block x G.

    Returns:
        Ranking [Q, K], ties in the order of the gallery; -1, with a similarity of NaN, behind the
        last image of a query for which fewer than K are left; and how many images were searched.

    Raises:
        DataError: the gallery is empty, of another embedding size, or of another network, other
            levels or other statistics taken off than the queries.
        ConfigError: ``top`` is below 1, what is given holds no embeddings, or the images needed
            to leave something out are unknown.
    """
    given = queries, gallery
    queries, gallery = _embeddings(queries), _embeddings(gallery)
    _check(queries, gallery, top)
    if isinstance(given[0], Gallery) and isinstance(given[1], Gallery):
        check_same_statistics(given[0].statistics, given[1].statistics)
    _check_same_network(*given)
    if isinstance(given[0], Gallery) and isinstance(given[1], Gallery):
        check_same_levels(given[0].images, given[1].images)
    own = _own_rows(*given, ignore)
    columns = np.arange(len(gallery))
    if only is not None:
        columns = np.flatnonzero(gallery.modality == only)
        if not columns.size:
            raise DataError(f"the gallery has no {only.name.lower()} images; expected some")
    count = min(top, len(columns))
    orders, values = [np.empty((0, count), np.int64)], [np.empty((0, count), np.float32)]
    searched = [np.empty((0, 2), np.int64)]
    for start in range(0, len(queries), block):
        similarity = queries.vectors[start : start + block] @ gallery.vectors.T
        if own is not None:
            for i, row in enumerate(similarity):
                row[own.of(start + i, row)] = -np.inf
        similarity = similarity[:, columns] if only is not None else similarity
        order = np.argsort(-similarity, axis=1, kind="stable")[:, :count]
        best = np.take_along_axis(similarity, order, axis=1)
        left = best > -np.inf
        orders.append(np.where(left, columns[order], -1))
        values.append(np.where(left, best, np.float32(np.nan)))
        searched.append(_searched(similarity, gallery.modality[columns]))
    if own is not None:
        own.warn()
    return Ranking(np.concatenate(orders), np.concatenate(values), np.concatenate(searched))


def _searched(similarity: Float, modality: Int) -> Int:
    """Count the images [Q, 2] of each modality that are not left out; those are at -inf."""
    kept = similarity > -np.inf
    return np.stack([kept[:, modality == side].sum(axis=1) for side in Modality], axis=1)


def _own_rows(
    queries: Embeddings | Gallery, gallery: Embeddings | Gallery, ignore: Sequence[Own]
) -> OwnRows | None:
    """Return what finds a query's own rows; None where nothing is left out."""
    if not ignore:
        return None
    if not (isinstance(queries, Gallery) and isinstance(gallery, Gallery)):
        raise ConfigError(
            "ignore needs to know the images; expected a Gallery for queries and gallery, as of "
            "vireid.embed or load_gallery"
        )
    return OwnRows(queries, gallery, ignore)


def _check_same_network(queries: Embeddings | Gallery, gallery: Embeddings | Gallery) -> None:
    """Refuse embeddings of two networks; warn where a gallery does not say which made it."""
    if not (isinstance(queries, Gallery) and isinstance(gallery, Gallery)):
        return
    one, other = queries.network, gallery.network
    if one and other and one != other:
        raise DataError(
            f"the queries are of {queries.made_by()} and the gallery is of {gallery.made_by()}, "
            "whose similarities mean nothing; embed both by the same run, stage and levels"
        )
    if (one is None) != (other is None):
        unknown = "gallery" if other is None else "file of the queries"
        warnings.warn(
            f"the {unknown} does not say which network made it; if that was another one than "
            f"{one or other}, similarities mean nothing: embed it again",
            stacklevel=3,
        )


def _check(queries: Embeddings, gallery: Embeddings, top: int) -> None:
    """Check that there is something to search, and that sizes fit."""
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


def _embeddings(given: Embeddings | Gallery) -> Embeddings:
    """Return what is compared; refuse the path of an image or of a gallery, say."""
    if not isinstance(given, Embeddings | Gallery):
        raise ConfigError(
            f"a {type(given).__name__} is given; expected Embeddings, or a Gallery as of "
            "vireid.embed or load_gallery"
        )
    return given.embeddings if isinstance(given, Gallery) else given
