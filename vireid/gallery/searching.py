"""Search in the rows of a store."""

import time

import numpy as np

from vireid.errors import DataError
from vireid.gallery.comparing import nearest
from vireid.gallery.facts import Facts
from vireid.gallery.found import Found
from vireid.gallery.held import Rows
from vireid.gallery.probing import nearest_by_index
from vireid.gallery.queries import vectors_at
from vireid.gallery.reranking import rerank
from vireid.gallery.storage import Storage
from vireid.gallery.telling import first_of_tracks, told
from vireid.gallery.where import Where
from vireid.gallery.wishes import Wish
from vireid.types import Bool, Float, Int

MORE = 8
"""By which factor more images are looked at where they are of too few tracks."""


def search_rows(
    storage: Storage, vectors: Float, rows: Rows, own: Int, wish: Wish
) -> list[list[Found]]:
    """Search by each of several vectors.

    Args:
        storage: of the store.
        vectors: [Q, D] of unit length.
        rows: of the store.
        own: rows of the queries themselves, which are left out.
        wish: how it is done.

    Returns:
        At most ``wish.top`` results of each, best first.
    """
    allowed = allowed_rows(rows.facts, wish.where, own)
    wanted = max(wish.top * (MORE if wish.by == "track" else 1), wish.rerank)
    found = _look(storage, vectors, rows, allowed, wish.where, wanted)
    if wish.by == "track":
        for row, places in enumerate(found):
            found[row] = _enough(storage, vectors[row], rows, allowed, wish, places)
    if wish.rerank:
        found = [
            _ranked_again(storage, vector, rows, one, wish.rerank)
            for vector, one in zip(vectors, found, strict=True)
        ]
    return [_shown(rows.facts, *one, wish) for one in found]


def _look(
    storage: Storage, vectors: Float, rows: Rows, allowed: Bool, where: Where, count: int
) -> list[tuple[Int, Float]]:
    """Return the nearest rows of each vector, and their similarities."""
    if rows.vectors is None:
        return [nearest_by_index(storage, one, rows, allowed, where, count) for one in vectors]
    places, values = nearest(vectors, rows.vectors, allowed, count)
    return list(zip(places, values, strict=True))


def _enough(
    storage: Storage,
    vector: Float,
    rows: Rows,
    allowed: Bool,
    wish: Wish,
    found: tuple[Int, Float],
) -> tuple[Int, Float]:
    """Look at more images while they are of too few tracks and there are more."""
    facts, wanted = rows.facts, max(wish.top * MORE, wish.rerank)
    while (
        len(first_of_tracks(facts.track[found[0]], facts.tracks)) < wish.top
        and len(found[0]) == wanted
    ):
        wanted *= MORE
        found = _look(storage, vector[None], rows, allowed, wish.where, wanted)[0]
    return found


def _ranked_again(
    storage: Storage, vector: Float, rows: Rows, found: tuple[Int, Float], count: int
) -> tuple[Int, Float]:
    """Return what was found with its best rows in another order."""
    places, values = found
    if len(places) < 2:
        return places, values
    best_vectors = vectors_at(storage, rows, places[:count])
    order = np.concatenate([rerank(vector, best_vectors), np.arange(count, len(places))])
    return places[order], values[order]


def _shown(facts: Facts, places: Int, values: Float, wish: Wish) -> list[Found]:
    """Return results in words: images, or the best image of each track."""
    if wish.by == "track":
        first = first_of_tracks(facts.track[places], facts.tracks)
        places, values = places[first], values[first]
    return told(facts, places[: wish.top], values[: wish.top])


def allowed_rows(facts: Facts, where: Where, own: Int) -> Bool:
    """Return which rows may be found: those asked for that live and are not the query's own.

    Args:
        facts: of N rows.
        where: which are asked for.
        own: rows of the query.

    Returns:
        [N].
    """
    allowed: Bool = where.rows(facts) & facts.alive(time.time())
    allowed[own] = False
    return allowed


def one_vector(vectors: Float) -> Float:
    """Return what several images of one person have in common: their mean, of unit length.

    Args:
        vectors: [M, D] of unit length.

    Returns:
        [D].

    Raises:
        DataError: there are none, or they cancel each other out.
    """
    if not len(vectors):
        raise DataError("there is no image to search by; expected at least one")
    if len(vectors) == 1:
        only: Float = vectors[0]
        return only
    mean = vectors.mean(axis=0, dtype=np.float64)
    length = np.linalg.norm(mean)
    if length < 1e-6:
        raise DataError("the images to search by have nothing in common; search by each of them")
    found: Float = (mean / length).astype(np.float32)
    return found
