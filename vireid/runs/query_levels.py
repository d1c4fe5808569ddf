"""What becomes black and white of queries: as in the gallery that they are compared with."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vireid.data.pixels.level_words import read_levels
from vireid.data.pixels.sampling import deep_files
from vireid.errors import ConfigError, some
from vireid.ranking.own import spot
from vireid.runs.leveling import LevelWords, joined
from vireid.types import ANY, Images, Levels, Modality, NamedStatistics


def with_cameras(queries: Images, gallery: Images) -> Images:
    """Return queries with the cameras that a gallery knows of the same files.

    Args:
        queries: Q images.
        gallery: G images.

    Returns:
        The queries; as they are where they know a camera themselves.
    """
    if queries.camera.any():
        return queries
    places = {
        (spot(gallery.root, path), kind): camera
        for path, kind, camera in zip(
            gallery.paths, gallery.modality.tolist(), gallery.camera.tolist(), strict=True
        )
    }
    found = [
        places.get((spot(queries.root, path), kind), 0)
        for path, kind in zip(queries.paths, queries.modality.tolist(), strict=True)
    ]
    return (
        replace(queries, camera=np.array(found), cameras=gallery.cameras) if any(found) else queries
    )


def demand_camera(
    name: str, queries: Images, gallery: Images, statistics: NamedStatistics | None = None
) -> None:
    """Refuse a camera of queries that their gallery does not know, though it knows others.

    Args:
        name: of the camera.
        queries: Q images of it.
        gallery: G images.
        statistics: what was taken off the gallery, which may know further cameras.

    Raises:
        ConfigError: neither the gallery nor the statistics have such a camera in the modality of
            the queries.
    """
    for kind in np.unique(queries.modality).tolist():
        others = other_cameras(name, Modality(kind), _known(gallery, kind), statistics)
        if others:
            raise ConfigError(f"--camera {name}: {others}")


def other_cameras(
    name: str, kind: Modality, known: Sequence[str], statistics: NamedStatistics | None
) -> str | None:
    """Say that a gallery does not know the camera of a query, though it knows others.

    Args:
        name: of the camera.
        kind: what the query shows.
        known: the gallery's cameras of that modality.
        statistics: what was taken off the gallery, which may know further cameras.

    Returns:
        What is wrong and which cameras there are; None where nothing is.
    """
    if statistics is not None and statistics.knows(kind, name):
        return None
    if not known or name in known:
        return None
    return (
        f"the gallery has no {kind.name.lower()} camera of that name; expected "
        f"{some(list(known), ' or ')}"
    )


def query_levels(queries: Images, gallery: Images, asked: Sequence[str] | None) -> LevelWords:
    """Return the levels by which queries are to be embedded.

    Args:
        queries: Q images, with their cameras where these are known.
        gallery: G embedded images, whose levels may be unknown.
        asked: words of ``--levels``, which come first; they may name cameras of both.

    Returns:
        What is asked for, then the gallery's levels; ``embed`` adds those of the run, and finds in
        the files what none of them says.

    Raises:
        ConfigError: a word is wrong, or the gallery has levels by camera and that of a query is
            unknown.
    """
    given = read_levels(asked, queries, gallery) if asked else None
    if asked and given is None:
        return list(asked)
    levels = joined(given, gallery.levels) or Levels()
    for kind in Modality:
        _demand_known(kind, queries, levels, gallery)
    own = _cameras(queries) | {(kind, ANY) for kind in Modality}
    return Levels({key: span for key, span in levels.spans.items() if key in own})


def _cameras(images: Images) -> set[tuple[int, str]]:
    """Return the cameras of some images by modality and name."""
    pairs = set(zip(images.modality.tolist(), images.camera.tolist(), strict=True))
    return {(kind, images.camera_name(number)) for kind, number in pairs}


def _known(images: Images, kind: int) -> list[str]:
    """Return the cameras of a modality that are known."""
    numbers = np.unique(images.camera[images.modality == kind]).tolist()
    return [images.camera_name(number) for number in numbers if number]


def _demand_known(kind: Modality, queries: Images, levels: Levels, gallery: Images) -> None:
    """Refuse queries of an unknown camera whose gallery is scaled by camera."""
    spans = {
        camera: span
        for (side, camera), span in (gallery.levels or Levels()).spans.items()
        if side == kind and camera != ANY
    }
    unknown = np.flatnonzero((queries.modality == kind) & (queries.camera == 0)).tolist()
    if not spans or not unknown or levels.decides(kind, queries.camera_name(0)):
        return
    if not any(span is not None and span.for_bytes for span in spans.values()):
        unknown = deep_files(queries, unknown)
    if unknown:
        what, names = kind.name.lower(), sorted({*spans, *_known(gallery, kind)})
        raise ConfigError(
            f"{queries.root / queries.paths[unknown[0]]}: its camera is unknown, and the gallery's "
            f"{what} images are scaled by camera; say --camera {some(names, ' or ')}, or "
            f"--levels {what}=LOW:HIGH"
        )
