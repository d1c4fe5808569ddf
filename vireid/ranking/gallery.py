"""A gallery of embedded images, in memory and as an npz file."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import numpy as np

from vireid.errors import DataError
from vireid.files import whole_file
from vireid.ranking.arrays import names_of, numbered, numbers_text, read_arrays, single_text
from vireid.ranking.centred_rows import rows_of_statistics, saved_statistics
from vireid.ranking.levels_by_row import rows_of_levels, with_saved_levels
from vireid.types import Embeddings, Float, Images, Int, Levels, Modality, NamedStatistics

FIELDS = ("vectors", "modality", "camera", "paths", "root")
"""What every file of a gallery holds."""
KNOWN = ("track", "time", "box")
"""What it holds of each image where it is known."""
TEXTS = (
    "network", "source", "labelling", "cameras", "tracks", "levels", "centred", "statistics",
)  # fmt: skip
"""What it says of all of them, where it is known."""
FORMAT = 2
"""Version of the file; 1 holds ``FIELDS`` alone."""


@dataclass(frozen=True)
class Gallery:
    """N embedded images, where each is from, and what made the embeddings."""

    images: Images
    embeddings: Embeddings
    network: str | None = None
    """Fingerprint of the network, of the size of its images, of their levels and of the statistics
    taken off; None where unknown. Embeddings of two networks cannot be compared."""
    source: str | None = None
    """Which run and stage that was, in words; None where unknown."""
    labelling: str | None = None
    """The run's settings of labelling, JSON, as ``vireid.label`` uses them; None where unknown."""
    statistics: NamedStatistics | None = None
    """What was taken off the embeddings of each camera; None where nothing was. Embeddings that
    differ in it cannot be compared."""

    def __post_init__(self) -> None:
        """Check that there is one embedding for each image."""
        if len(self.images) != len(self.embeddings):
            raise DataError(
                f"{len(self.images)} images with {len(self.embeddings)} embeddings; "
                "expected one for each"
            )

    def __len__(self) -> int:
        return len(self.images)

    @property
    def levels(self) -> Levels | None:
        """What became black and white of the images of more than 8 bits, by modality and camera;
        without a span where files stayed as they are, None where unknown. Galleries that differ in
        them cannot be compared."""
        return self.images.levels

    @property
    def vectors(self) -> Float:
        """The embeddings [N, D], rows of unit length."""
        return self.embeddings.vectors

    def subset(self, indices: Int) -> "Gallery":
        """Return the images at the indices [M] with their embeddings, in that order."""
        chosen, every = np.asarray(indices, dtype=np.int64), self.embeddings
        features = None if every.features is None else every.features[chosen]
        rows = Embeddings(every.vectors[chosen], every.modality[chosen], features)
        return replace(self, images=self.images.subset(chosen), embeddings=rows)

    def of(self, modality: Modality | None) -> "Gallery":
        """Return the images of one modality with their embeddings.

        Args:
            modality: which; all images where None.

        Returns:
            A gallery of M images, in the same order.
        """
        if modality is None:
            return self
        return self.subset(np.flatnonzero(self.embeddings.modality == modality))

    def made_by(self) -> str:
        """Return what made the embeddings: fingerprint, run and stage, and what was taken off."""
        words = f" ({self.source})" if self.source else ""
        taken = f", {self.centred_by}" if self.statistics is not None else ""
        return f"network {self.network or 'unknown'}{words}{taken}"

    @property
    def centred_by(self) -> str:
        """What was taken off the embeddings, in words."""
        return "not centred" if self.statistics is None else f"centred by {self.statistics.words}"


def save_gallery(gallery: Gallery, path: Path | str) -> None:
    """Write a gallery to an npz file, whole or not at all.

    Args:
        gallery: embeddings [N, D] with their images.
        path: the file; arrays ``vectors`` [N, D] float32, ``modality`` and ``camera`` [N],
            ``paths`` [N] text and ``root``; ``track``, ``time`` [N] and ``box`` [N, 4],
            ``cameras``, ``tracks`` and ``labelling`` (JSON) and ``source`` where they are known;
            ``network`` and ``levels`` (JSON), of each row, so that they stay when files are
            joined; ``centred`` of each row and ``statistics`` (JSON) where statistics of cameras
            were taken off; and ``format``.

    Raises:
        DataError: the file cannot be written.
    """
    with whole_file(Path(path)) as whole, whole.open("wb") as file:
        np.savez(file, **gallery_arrays(gallery))


def gallery_arrays(gallery: Gallery) -> dict[str, Any]:
    """Return the arrays of a gallery's file.

    Args:
        gallery: embeddings [N, D] with their images.

    Returns:
        By name, as ``save_gallery`` writes them.
    """
    images = gallery.images
    arrays: dict[str, Any] = {
        "vectors": gallery.embeddings.vectors,
        "modality": gallery.embeddings.modality,
        "camera": images.camera,
        "paths": np.array(images.paths, dtype=np.str_),
        "root": np.array(str(images.root)),
        "format": np.array(FORMAT),
    }
    arrays |= {name: getattr(images, name) for name in KNOWN if getattr(images, name) is not None}
    texts = {name: getattr(gallery, name) for name in ("source", "labelling")}
    texts |= {name: numbers_text(getattr(images, name)) for name in ("cameras", "tracks")}
    arrays |= {name: np.array(text) for name, text in texts.items() if text is not None}
    if gallery.levels is not None:
        arrays["levels"] = rows_of_levels(images, gallery.levels)
    if gallery.network is not None:
        arrays["network"] = np.full(len(images), gallery.network)
    if gallery.statistics is not None:
        arrays |= rows_of_statistics(gallery.statistics, len(images))
    return arrays


def load_gallery(path: Path | str, *, root: Path | str | None = None) -> Gallery:
    """Read a gallery that ``save_gallery`` wrote, in this version or an earlier one.

    Args:
        path: the npz file.
        root: the folder in which its images lie now, where they have moved.

    Returns:
        The gallery; without ``network`` and ``levels`` where the file does not say them.

    Raises:
        DataError: the file is missing or damaged, lacks an array, or holds rows of several
            networks, rows of a camera with several levels, or rows that were centred otherwise.
    """
    path = Path(path)
    if not is_zipfile(path):
        raise DataError(f"{path} is missing or no npz file; expected one from `vireid embed`")
    names = (*FIELDS, *KNOWN, *TEXTS, "format")
    arrays, _ = read_arrays(path, names, "no gallery from `vireid embed`")
    missing = [name for name in FIELDS if name not in arrays]
    if missing:
        raise DataError(f"{path} lacks {', '.join(missing)}; expected a file from `vireid embed`")
    version = arrays.get("format", np.array(1))
    if not np.issubdtype(version.dtype, np.integer) or version.max(initial=1) > FORMAT:
        raise DataError(
            f"{path} has format {version}; this version of vireid reads up to {FORMAT}: update "
            "it, or embed again"
        )
    network, source, labelling = (single_text(path, name, arrays.get(name)) for name in TEXTS[:3])
    if arrays["paths"].ndim != 1:
        raise DataError(f"{path}: paths have shape {arrays['paths'].shape}; expected (N,)")
    place = single_text(path, "root", arrays["root"]) or "" if root is None else root
    try:
        images = Images(
            Path(place),
            names_of(path, arrays["paths"], len(arrays["paths"])),
            arrays["modality"],
            arrays["camera"],
            **{name: arrays.get(name) for name in KNOWN},
            cameras=numbered(path, "cameras", arrays.get("cameras")),
            tracks=numbered(path, "tracks", arrays.get("tracks")),
        )
        images = with_saved_levels(path, images, arrays.get("levels"))
        embeddings = Embeddings(arrays["vectors"], arrays["modality"])
        statistics = saved_statistics(path, arrays.get("centred"), arrays.get("statistics"))
        return Gallery(images, embeddings, network, source, labelling, statistics)
    except DataError as error:
        raise DataError(f"{path}: {str(error).removeprefix(f'{path}: ')}") from error
