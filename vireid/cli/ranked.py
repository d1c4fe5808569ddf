"""Draws what a search has found, with grey boxes for images that are gone."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vireid.data import decode
from vireid.data.find_images import MODALITIES
from vireid.errors import DataError
from vireid.files import whole_file
from vireid.ranking import Gallery
from vireid.types import Ranking

GONE = np.full((8, 4, 3), 190, dtype=np.uint8)
"""Stands for an image that cannot be read."""


def draw_found(queries: Gallery, gallery: Gallery, ranking: Ranking, path: Path) -> None:
    """Draw each query and its gallery images, with rank, similarity, modality and camera below.

    Args:
        queries: Q embedded images.
        gallery: G embedded images.
        ranking: what was found, [Q, K].
        path: the PNG to write.

    Raises:
        DataError: the file cannot be written.
    """
    from vireid.pages import draw_ranked_list

    rows, notes = [], []
    for i, name in enumerate(queries.images.paths):
        order = [j for j in ranking.order[i].tolist() if j >= 0]
        files = [queries.images.root / name]
        files += [gallery.images.root / gallery.images.paths[j] for j in order]
        rows.append([_picture(file) for file in files])
        values = ranking.similarity[i].tolist()
        notes.append(
            [["query", MODALITIES[queries.images.modality[i]]]]
            + [_note(gallery, j, rank, values[rank - 1]) for rank, j in enumerate(order, 1)]
        )
    marks = [[None] * len(row) for row in rows]
    with whole_file(path) as whole:
        draw_ranked_list(rows, marks, whole, list(queries.images.paths), notes)


def _note(gallery: Gallery, row: int, rank: int, similarity: float) -> list[str]:
    """Return the lines below an image."""
    camera = int(gallery.images.camera[row])
    where = f" {gallery.images.camera_name(camera)}" if camera else ""
    return [f"{rank}: {similarity:.3f}", f"{MODALITIES[gallery.images.modality[row]]}{where}"]


def _picture(file: Path) -> NDArray[np.uint8]:
    """Decode an image; a grey box where it is gone."""
    try:
        return decode(file)
    except DataError:
        return GONE
