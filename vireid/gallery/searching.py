"""Search in the rows of a store that are held in memory."""

import time
from dataclasses import dataclass, field

import numpy as np

from vireid.errors import ConfigError, DataError
from vireid.gallery.facts import Facts
from vireid.gallery.found import Found, by_track
from vireid.gallery.held import Rows
from vireid.gallery.where import Where
from vireid.types import Bool, Float, Int, Modality

MORE = 8
"""By how many images for each track asked for a search by track begins."""


@dataclass(frozen=True)
class Wish:
    """How a search is done, and what it returns."""

    top: int = 10
    """At most how many results are returned."""
    where: Where = field(default_factory=Where)
    """Which rows are searched."""
    by: str = "image"
    """image or track: what one result stands for."""
    rerank: int = 0
    """How many of the best rows are ranked again by their common neighbours; 0 for none."""

    def __post_init__(self) -> None:
        """Refuse what cannot be done."""
        if self.top < 1:
            raise ConfigError(f"top is {self.top}; expected at least 1")
        if self.by not in ("image", "track"):
            raise ConfigError(f"by is {self.by!r}; expected image or track")
        if self.rerank < 0:
            raise ConfigError(f"rerank is {self.rerank}; expected at least 0")


USUAL = Wish()
"""The ten most similar images of all."""


def nearest(vectors: Float, rows: Rows, allowed: Bool, top: int) -> tuple[Int, Float]:
    """Return the most similar rows of each query, by exact products with all vectors.

    Args:
        vectors: [Q, D] of unit length.
        rows: N rows with their vectors.
        allowed: [N] which of them may be found.
        top: K.

    Returns:
        Rows [Q, K'] and similarities [Q, K'], most similar first, ties in the order of the rows;
        K' is K or the number of allowed rows.
    """
    assert rows.vectors is not None
    places = None if allowed.all() else np.flatnonzero(allowed)
    few = places is not None and len(places) * 4 < len(allowed)
    held = rows.vectors[places] if few and places is not None else rows.vectors
    products = vectors @ held.T
    if places is not None and not few:
        products[:, ~allowed] = -np.inf
    count = min(top, len(allowed) if places is None else len(places))
    order = np.stack([best(row, count) for row in products]) if count else _nothing(len(vectors))
    values = np.take_along_axis(products, order, axis=1)
    return (places[order] if few and places is not None else order), values


def _nothing(count: int) -> Int:
    return np.empty((count, 0), np.int64)


def best(values: Float, count: int) -> Int:
    """Return where the largest values are, largest first, ties in order.

    Args:
        values: [N].
        count: K, from 1 to N.

    Returns:
        [K] places.
    """
    if count < len(values):
        least = np.partition(values, len(values) - count)[len(values) - count]
        places = np.flatnonzero(values >= least)
    else:
        places = np.arange(len(values))
    return places[np.argsort(-values[places], kind="stable")[:count]]


def allowed_rows(facts: Facts, where: Where, own: Int) -> Bool:
    """Return which rows [N] may be found: those asked for that live and are not the query's own."""
    allowed = where.rows(facts) & facts.alive(time.time())
    allowed[own] = False
    return allowed


def told(facts: Facts, places: Int, values: Float) -> list[Found]:
    """Return what was found in words.

    Args:
        facts: of all rows.
        places: [K] the rows found, best first.
        values: [K] their similarities.

    Returns:
        K results.
    """
    paths = facts.paths(places)
    return [
        Found(
            key=facts.key[row].decode(),
            similarity=float(value),
            modality=Modality(int(facts.modality[row])).name.lower(),
            camera=facts.cameras[facts.camera[row]] or None,
            track=facts.tracks[facts.track[row]] or None,
            time=None if np.isnan(facts.time[row]) else float(facts.time[row]),
            path=path,
        )
        for row, value, path in zip(places.tolist(), values.tolist(), paths, strict=True)
    ]


def search_rows(vector: Float, rows: Rows, own: Int, wish: Wish) -> list[Found]:
    """Search for one person.

    Args:
        vector: [D] of unit length.
        rows: of the store.
        own: rows of the query itself, which are left out.
        wish: how it is done.

    Returns:
        At most ``wish.top`` results, best first.
    """
    allowed = allowed_rows(rows.facts, wish.where, own)
    wanted = max(wish.top, wish.rerank)
    while True:
        places, values = nearest(vector[None], rows, allowed, wanted)
        found = told(rows.facts, places[0], values[0])
        if wish.by == "image":
            return found[: wish.top]
        tracks = by_track(found, wish.top)
        if len(tracks) == wish.top or len(found) < wanted:
            return tracks
        wanted *= MORE


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
        return vectors[0]
    mean = vectors.mean(axis=0, dtype=np.float64)
    length = np.linalg.norm(mean)
    if length < 1e-6:
        raise DataError("the images to search by have nothing in common; search by each of them")
    return (mean / length).astype(np.float32)
