"""What is embedded for a search: the queries, and a gallery that may lie there as images."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from vireid.data.find_images import find_images, is_data
from vireid.data.pixels.place import MEMORY
from vireid.errors import ConfigError, DataError
from vireid.observers import Progress, silent
from vireid.ranking import Gallery, load_gallery
from vireid.runs.query_levels import demand_camera, query_levels, with_cameras
from vireid.types import Images, Modality


@dataclass(frozen=True)
class GalleryPlace:
    """Where a search looks, as words of a command line say it."""

    path: Path
    """A folder of images, a data set, or an npz file of embeddings."""
    modality: str | None = None
    """What a plain folder shows; of another gallery, as ``only``."""
    only: str | None = None
    """The modality searched; both where not given."""
    root: Path | None = None
    """Where the images of an npz file lie now."""
    whole: bool = False
    """Whether images of the other modality are needed, as they tell a query's track or camera."""


@dataclass(frozen=True)
class Looking:
    """What a search is made of, embedded by one network and scaled alike."""

    queries: Gallery
    """The queries."""
    gallery: Gallery
    """What they are searched in."""
    only: Modality | None
    """The modality searched; all that the gallery holds where None."""


def embed_search(
    run: Path | str,
    query: Path,
    place: GalleryPlace,
    *,
    modality: str | None = None,
    camera: str | None = None,
    levels: Sequence[str] | None = None,
    device: str = "auto",
    progress: Progress = silent,
) -> Looking:
    """Find and embed what a search compares.

    Args:
        run: a run's folder, or the file of a checkpoint.
        query: an image, or a folder of them.
        place: where to look.
        modality: visible or infrared: what the query shows.
        camera: the name of the gallery's camera that took the query.
        levels: what becomes black and white, as for ``embed``; those of the gallery where not
            given.
        device: as for ``embed``.
        progress: shows how far it is.

    Returns:
        Queries and gallery.

    Raises:
        ConfigError: words that do not go together.
        DataError: there is no such image.
    """
    from vireid.runs.embed import embed

    made = partial(embed, run, device=device, cache=MEMORY, progress=progress)
    queries = find_images(query, modality, camera=camera)
    gallery, only = _gallery(place)
    if isinstance(gallery, Images):
        queries = with_cameras(queries, gallery)
        gallery = made(gallery, levels=levels)
    if camera is not None:
        demand_camera(camera, queries, gallery.images)
    queries = with_cameras(queries, gallery.images)
    scaled = query_levels(queries, gallery.images, levels)
    return Looking(made(queries, levels=scaled), gallery, only)


def _gallery(place: GalleryPlace) -> tuple[Gallery | Images, Modality | None]:
    """Return the gallery, or its images where they are to be embedded, and what to search in it.

    Images of the other modality stay where they are needed, and where they are embedded already,
    as their levels tell, too.
    """
    wanted = {one for one in (place.only, place.modality) if one}
    if len(wanted) > 1:
        raise ConfigError(
            f"--only {place.only} and --gallery-modality {place.modality} leave no image; leave "
            "one out"
        )
    found: Gallery | Images
    if place.path.suffix == ".npz":
        found = load_gallery(place.path, root=place.root)
        modality = found.embeddings.modality
    else:
        if place.root is not None:
            raise ConfigError("--root applies to an npz gallery; folders say themselves where")
        said = None if is_data(place.path) else place.modality
        found = find_images(place.path, said, option="--gallery-modality")
        modality = found.modality
    if not wanted:
        return found, None
    only = Modality[wanted.pop().upper()]
    rows = np.flatnonzero(modality == only)
    if not rows.size:
        word = only.name.lower()
        raise DataError(f"{place.path} holds no {word} images; choose another gallery or modality")
    whole = place.whole or isinstance(found, Gallery)
    return (found, only) if whole else (found.subset(rows), None)
