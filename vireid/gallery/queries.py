"""What a search is by: rows of the store, or images that may be among them."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vireid.data.digests import digest_file
from vireid.errors import ConfigError, DataError
from vireid.gallery.facts import Facts
from vireid.gallery.held import Rows
from vireid.gallery.incoming import KEY, whole_paths
from vireid.gallery.reading import read_rows
from vireid.gallery.schema import vectors_of
from vireid.gallery.storage import Storage
from vireid.gallery.where import Where
from vireid.ranking import Gallery
from vireid.types import Float, Images, Int


def asked_rows(rows: Rows, query: Gallery | None, key: str | None, track: str | None) -> Int:
    """Return the rows that are a query: it is one by images, by a key or by a track.

    Args:
        rows: of the store.
        query: images.
        key: of a row.
        track: of rows.

    Returns:
        [M] rows; images need not be among them.

    Raises:
        ConfigError: not one of the three is given.
        DataError: there is no such key or track.
    """
    if sum(one is not None for one in (query, key, track)) != 1:
        raise ConfigError("expected one of query, key and track to search by")
    return rows_of(rows.facts, key, track) if query is None else own_rows(rows.facts, query.images)


def rows_of(facts: Facts, key: str | None, track: str | None) -> Int:
    """Return the rows of a key or of a track.

    Args:
        facts: of the store's rows.
        key: of a row.
        track: of rows.

    Returns:
        [M] rows, at least one.

    Raises:
        DataError: there is none.
    """
    where = Where(keys=[key] if key else (), tracks=[track] if track else ())
    found = np.flatnonzero(where.rows(facts))
    if where.everything or not found.size:
        what = f"key {key!r}" if key is not None else f"track {track!r}"
        raise DataError(f"the store has no {what}; expected one of those that a search shows")
    return found


def vectors_at(storage: Storage, rows: Rows, places: Int) -> Float:
    """Return the vectors of some rows.

    Args:
        storage: of the store.
        rows: of the store.
        places: [M] which.

    Returns:
        [M, D].
    """
    if rows.vectors is not None:
        return rows.vectors[places]
    numbers = rows.facts.id[places]
    read = read_rows(storage, rows.head.made.table, ("id", "vector"), numbers)
    order = {number: row for row, number in enumerate(read.column("id").to_pylist())}
    return vectors_of(read)[[order[number] for number in numbers.tolist() if number in order]]


def own_rows(facts: Facts, images: Images) -> Int:
    """Return the rows that are images of a query themselves: of the same content or place.

    Args:
        facts: of the store's rows.
        images: of the query.

    Returns:
        [M] rows.
    """
    keys = []
    for path in images.paths:
        try:
            keys.append(digest_file(images.root / path).hex()[:KEY])
        except OSError:  # a query whose file is gone may be told by its place alone
            continue
    own = np.isin(facts.key, np.array(keys, dtype="S")) if keys else np.zeros(len(facts), bool)
    known = set(whole_paths(images)) if images.root != Path() else set()
    if known:
        places = np.flatnonzero(np.isin(facts.path.to_numpy(False), _names(known)))
        own[places] = True
    return np.flatnonzero(own)


def _names(paths: set[str]) -> NDArray[np.object_]:
    return np.array([os.fsencode(path) for path in paths], dtype=object)
