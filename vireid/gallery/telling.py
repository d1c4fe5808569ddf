"""Rows that were found, in words."""

import numpy as np

from vireid.gallery.facts import Facts
from vireid.gallery.found import Found
from vireid.types import Float, Int, Modality


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


def first_of_tracks(track: Int, tracks: tuple[str, ...]) -> Int:
    """Return the first row of each track; a row without a track stands for itself.

    Args:
        track: [K] which of the tracks each row is of.
        tracks: their names, an empty one for none.

    Returns:
        [M] places, ascending.

    >>> first_of_tracks(np.array([1, 0, 1, 0, 2]), ("", "a", "b"))
    array([0, 1, 3, 4])
    """
    _, first = np.unique(track, return_index=True)
    alone = [code for code, name in enumerate(tracks) if not name]
    return np.union1d(first, np.flatnonzero(np.isin(track, alone)))
