"""Pictures that were sent -> embedded images as those of a gallery."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vireid.errors import DataError
from vireid.ranking import Gallery
from vireid.runs.query_levels import other_cameras
from vireid.serving.basis import Basis
from vireid.serving.embedding import Embedding
from vireid.serving.pictures import Picture, Sent
from vireid.serving.refusal import Refused
from vireid.types import Images, Levels

NOWHERE = "sent"
"""The folder of pictures that lie in no file, so that none is looked for."""
SUFFIXES = {"JPEG": ".jpg", "TIFF": ".tif", "PPM": ".pnm"}
"""Of formats that do not end as they are called."""


@dataclass(frozen=True)
class Said:
    """What is said of an image that is added, beside its modality and its camera."""

    track: str | None = None
    time: float | None = None


def check_camera(sent: Sent, basis: Basis) -> None:
    """Refuse a camera that the gallery does not know, though it knows others.

    Args:
        sent: an image to search by.
        basis: of the gallery.

    Raises:
        Refused: 422.
    """
    if sent.camera is None:
        return
    known = basis.cameras.get(sent.modality, ())
    others = other_cameras(sent.camera, sent.modality, known, basis.statistics)
    if others:
        raise Refused(422, f"taken_by: {others}, or none")


def embedded(pictures: Sequence[Picture], embedding: Embedding, basis: Basis) -> Sequence[Gallery]:
    """Embed pictures of several requests at once.

    Args:
        pictures: N of them.
        embedding: the network.
        basis: of the gallery.

    Returns:
        N galleries of one image.

    Raises:
        Refused: 409, the gallery is of another network by now; 422, it is centred by cameras of
            the other modality alone.
    """
    first = basis.network is None
    statistics = embedding.first_statistics() if first else basis.statistics
    if not first and embedding.network(statistics) != basis.network:
        raise Refused(409, "the gallery is of another network by now; start the service anew")
    images = [_one(picture) for picture in pictures]
    names = sorted({picture.camera for picture in pictures if picture.camera})
    numbers = {name: number for number, name in enumerate(names, 1)}
    together = Images(
        Path(),
        tuple(image.paths[0] for image in images),
        np.array([picture.modality for picture in pictures]),
        np.array([numbers.get(picture.camera or "", 0) for picture in pictures]),
        cameras={number: name for name, number in numbers.items()},
    )
    try:
        made = embedding.embed(np.stack([one.pixels for one in pictures]), together, statistics)
    except DataError as error:
        raise Refused(422, str(error)) from error
    found = [made.subset(np.array([row])) for row in range(len(made))]
    return [replace(one, images=image) for one, image in zip(found, images, strict=True)]


def _one(picture: Picture) -> Images:
    """Return one image with its own camera and levels."""
    camera = picture.camera
    return Images(
        Path(),
        (f"{NOWHERE}/{picture.content}",),
        np.array([picture.modality]),
        np.array([0 if camera is None else 1]),
        cameras={} if camera is None else {1: camera},
        levels=picture.levels,
    )


def arriving(query: Gallery, picture: Picture, said: Said, folder: Path) -> Gallery:
    """Return an embedded image on its way into a gallery.

    Args:
        query: the image as one to search by.
        picture: decoded.
        said: what else is known of it.
        folder: in which its file will lie.

    Returns:
        The same embedding, with its file, track and time.
    """
    name = picture.content + SUFFIXES.get(picture.kind, f".{picture.kind.lower()}")
    images = replace(
        query.images,
        root=folder,
        paths=(name,),
        track=None if said.track is None else np.array([1]),
        tracks={} if said.track is None else {1: said.track},
        time=None if said.time is None else np.array([said.time]),
        levels=picture.levels or Levels(),
    )
    return replace(query, images=images)
