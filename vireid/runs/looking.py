"""What is embedded for a search: the queries, and a gallery that may lie there as images."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vireid.config import Centre
from vireid.config.evaluation import CentreWord
from vireid.data.find_images import find_images, find_with_training, is_data
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
    """Whether images of the other modality are needed, as they tell a query's track or camera, or
    as queries are centred by them."""


@dataclass(frozen=True)
class Looking:
    """What a search is made of, embedded by one network, scaled and centred alike."""

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
    centre: Centre | None = None,
    device: str = "auto",
    progress: Progress = silent,
) -> Looking:
    """Find and embed what a search compares.

    Args:
        run: a run's folder, or the file of a checkpoint.
        query: an image, or a folder of them.
        place: where to look.
        modality: visible or infrared: what the query shows.
        camera: the name of the camera that took the query, one of the gallery or of the statistics
            that were taken off it.
        levels: what becomes black and white, as for ``embed``; those of the gallery where not
            given.
        centre: what is taken off a gallery of images, as for ``embed``; an npz file says it itself,
            and queries are centred as their gallery.
        device: as for ``embed``.
        progress: shows how far it is.

    Returns:
        Queries and gallery.

    Raises:
        ConfigError: words that do not go together.
        DataError: there is no such image.
    """
    from vireid.runs.embedder import Embedder

    queries = find_images(query, modality, camera=camera)
    if centre == "own" and _crosses(queries, place):
        place = replace(place, whole=True)
    gallery, train, only = _gallery(place)
    embedder = Embedder(run, device=device)
    if isinstance(gallery, Images):
        queries = with_cameras(queries, gallery)
        gallery = embedder.embed(
            gallery, levels=levels, centre=centre, cache=MEMORY, progress=progress, train=train
        )
    else:
        _check_centre(centre, gallery, place.path)
    if camera is not None:
        demand_camera(camera, queries, gallery.images, gallery.statistics)
    queries = with_cameras(queries, gallery.images)
    scaled = query_levels(queries, gallery.images, levels)
    taken: CentreWord = gallery.statistics or "none"
    made = embedder.embed(queries, levels=scaled, centre=taken, cache=MEMORY, progress=progress)
    return Looking(made, gallery, only)


def _crosses(queries: Images, place: GalleryPlace) -> bool:
    """Tell whether queries are looked for in the other modality, so that both have statistics."""
    wanted = place.only or place.modality
    return wanted is not None and bool((queries.modality != Modality[wanted.upper()]).any())


def _check_centre(centre: Centre | None, gallery: Gallery, path: Path) -> None:
    """Refuse to take off queries what was not taken off embeddings that are there already."""
    done = "none" if gallery.statistics is None else gallery.statistics.of
    if centre not in (None, done):
        raise ConfigError(
            f"--centre {centre}: {path} was embedded with --centre {done}, and its queries are "
            "centred alike: leave the option out, or embed again"
        )


def _gallery(place: GalleryPlace) -> tuple[Gallery | Images, Images | None, Modality | None]:
    """Return the gallery, or its images and their data's training images, and what to search.

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
    train: Images | None = None
    if place.path.suffix == ".npz":
        found = load_gallery(place.path, root=place.root)
        modality = found.embeddings.modality
    else:
        if place.root is not None:
            raise ConfigError("--root applies to an npz gallery; folders say themselves where")
        said = None if is_data(place.path) else place.modality
        found, train = find_with_training(place.path, said, option="--gallery-modality")
        modality = found.modality
    if not wanted:
        return found, train, None
    only = Modality[wanted.pop().upper()]
    rows = np.flatnonzero(modality == only)
    if not rows.size:
        word = only.name.lower()
        raise DataError(f"{place.path} holds no {word} images; choose another gallery or modality")
    whole = place.whole or isinstance(found, Gallery)
    return (found, train, only) if whole else (found.subset(rows), train, None)
