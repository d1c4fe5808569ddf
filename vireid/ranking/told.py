"""What a search found, in words and numbers that a page or a file can hold."""

from dataclasses import dataclass

from vireid.ranking.gallery import Gallery
from vireid.types import Modality, Ranking


@dataclass(frozen=True)
class FoundImage:
    """An image of a gallery that a query found."""

    rank: int
    """Its place, from 1."""
    similarity: float
    """Cosine of the embeddings."""
    modality: str
    """Visible or infrared."""
    camera: str | None
    """The name of its camera; None where unknown."""
    path: str
    """Where it lies."""


def found_images(gallery: Gallery, ranking: Ranking, query: int) -> list[FoundImage]:
    """Return what was found for a query, best first.

    Args:
        gallery: that was searched.
        ranking: of all queries.
        query: its number, from 0.

    Returns:
        As many images as there were, at most those of the ranking.
    """
    images = gallery.images
    found: list[FoundImage] = []
    for j, value in zip(ranking.order[query].tolist(), ranking.similarity[query], strict=True):
        if j < 0:
            break
        camera = int(images.camera[j])
        found.append(
            FoundImage(
                rank=len(found) + 1,
                similarity=float(value),
                modality=Modality(int(images.modality[j])).name.lower(),
                camera=images.camera_name(camera) if camera else None,
                path=str(images.root / images.paths[j]),
            )
        )
    return found
