"""Images to search by, embedded as those of a store."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vireid.errors import DataError
from vireid.gallery.facts import Facts
from vireid.gallery.known import KnownRows
from vireid.gallery.options import Embeds
from vireid.gallery.queries import own_rows
from vireid.gallery.same import cameras_of
from vireid.ranking import Gallery
from vireid.runs.query_levels import demand_camera, query_levels
from vireid.types import Images


def embed_query(
    store: KnownRows, images: Images, embedder: Embeds, levels: Sequence[str] | None
) -> Gallery:
    """Embed images to search by: levels and statistics are those of the store.

    Args:
        store: what is known of its rows.
        images: M images; those that the store holds need not say their camera.
        embedder: of the same network.
        levels: words of ``--levels``, which come first.

    Returns:
        The images, embedded.

    Raises:
        DataError: an image cannot be read, or the store is empty.
        ConfigError: the store is scaled by camera and that of an image is unknown, or it has no
            such camera.
    """
    made, facts = store.head.made, store.facts
    if made.size is None:
        raise DataError("the store holds no rows; add some first")
    known, statistics = cameras_of(facts, made.levels_value()), made.statistics_value()
    for name in {images.camera_name(number) for number in np.unique(images.camera).tolist()}:
        if images.camera.any():
            demand_camera(name, images, known, statistics)
    images = _with_cameras(images, facts)
    gallery, _, problems = embedder.embed_readable(
        images, levels=query_levels(images, known, levels), centre=statistics or "none"
    )
    if problems:
        raise DataError(f"{len(problems)} of {len(images)} images cannot be read: {problems[0]}")
    return gallery


def _with_cameras(images: Images, facts: Facts) -> Images:
    """Return images with the camera that a store knows of them, where they know none."""
    if images.camera.any():
        return images
    numbers = np.zeros_like(images.camera)
    for row in range(len(images)):
        own = own_rows(facts, images.subset([row]))
        numbers[row] = facts.camera[own[0]] + 1 if own.size else 0
    names = {code + 1: name for code, name in enumerate(facts.cameras) if name}
    numbers[~np.isin(numbers, list(names))] = 0
    return replace(images, camera=numbers, cameras=names) if numbers.any() else images
