"""Embeddings in two dimensions, coloured by modality and by camera, after each stage."""

from collections.abc import Mapping

import numpy as np

from vireid.pages import PointMap
from vireid.ranking import Gallery
from vireid.types import Float, Images, Modality

PERPLEXITY = 30.0
"""Of t-SNE, lowered where points are few."""
FEWEST = 8
"""Points below which there is no map."""
CAMERAS = 12
"""Cameras with a colour of their own, at most."""


def maps(galleries: Mapping[str, Gallery]) -> tuple[tuple[PointMap, ...], ...]:
    """Draw the same images as each network embeds them.

    Args:
        galleries: the images with their embeddings, by the name of a stage.

    Returns:
        A map by modality for each stage; and, where cameras are known, one by camera for each.
        None where there are too few images.
    """
    by_modality, by_camera = [], []
    for stage, gallery in galleries.items():
        if len(gallery) < FEWEST:
            continue
        title = "before training" if stage == "before" else f"after {stage}"
        points = tuple((float(x), float(y)) for x, y in flattened(gallery.vectors))
        images = gallery.images
        infrared = images.modality == Modality.INFRARED
        diamond = tuple(bool(one) for one in infrared)
        names = tuple(side.name.lower() for side in Modality)
        group = tuple(int(one) for one in infrared)
        by_modality.append(PointMap(f"By modality, {title}", points, group, diamond, names))
        if images.camera.any():
            group, names = _by_camera(images)
            by_camera.append(PointMap(f"By camera, {title}", points, group, diamond, names))
    return tuple(tuple(found) for found in (by_modality, by_camera) if found)


def flattened(vectors: Float) -> Float:
    """Lay rows out in two dimensions by t-SNE, begun from PCA, with a fixed seed.

    Args:
        vectors: [N, D] rows of unit length, at least ``FEWEST``.

    Returns:
        [N, 2].
    """
    from sklearn.manifold import TSNE

    few = min(PERPLEXITY, (len(vectors) - 1) / 3)
    rows = np.asarray(vectors, dtype=np.float64)
    start = "pca" if min(rows.shape) >= 2 and np.ptp(rows, axis=0).max() > 0 else "random"
    model = TSNE(perplexity=few, init=start, random_state=0, n_jobs=1)
    return np.asarray(model.fit_transform(rows))


def _by_camera(images: Images) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the group of each image and the names of the groups; rare cameras share one."""
    pairs = list(zip(images.modality.tolist(), images.camera.tolist(), strict=True))
    often = sorted(set(pairs), key=lambda pair: (-pairs.count(pair), pair))
    shown = sorted(often[:CAMERAS])
    names = [
        f"{Modality(side).name.lower()} {images.camera_name(camera) if camera else 'unknown'}"
        for side, camera in shown
    ]
    if len(often) > CAMERAS:
        names.append(f"{len(often) - CAMERAS} others")
    where = {pair: number for number, pair in enumerate(shown)}
    return tuple(where.get(pair, len(shown)) for pair in pairs), tuple(names)
