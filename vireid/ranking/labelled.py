"""Embedded images with the numbers of their clusters, and the files that keep them."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.errors import DataError
from vireid.ranking.arrays import names_of, read_arrays
from vireid.ranking.features import write_labels
from vireid.ranking.gallery import FIELDS, KNOWN, TEXTS, Gallery, gallery_arrays, load_gallery
from vireid.types import NOISE, Bool, Int
from vireid.types.arrays import vector

EXPECTED = "expected a file from `vireid label` or `vireid assign`"


@dataclass(frozen=True)
class Labelled:
    """N embedded images with the numbers of their clusters."""

    gallery: Gallery
    """The images."""
    labels: Int
    """[N] numbers of clusters from 0, with or without gaps; -1 for noise."""
    new: Bool | None = None
    """[N] whether the number was given for the first time; None where nobody says."""

    def __post_init__(self) -> None:
        """Check the lengths and values, and freeze the arrays."""
        labels = vector("labels", self.labels, len(self.gallery))
        if labels.min(initial=0) < NOISE:
            raise DataError(
                f"labels hold {labels.min()}; expected numbers from 0, and -1 for noise"
            )
        object.__setattr__(self, "labels", labels)
        if self.new is not None:
            new: NDArray[np.bool_] = np.array(self.new, dtype=np.bool_)
            if new.shape != labels.shape:
                raise DataError(f"new has shape {new.shape}; expected {labels.shape}")
            new.setflags(write=False)
            object.__setattr__(self, "new", new)

    def __len__(self) -> int:
        return len(self.labels)


def save_labelled(labelled: Labelled, path: Path | str) -> None:
    """Write labels, in an npz file with all that the embeddings' file holds.

    Args:
        labelled: N images with their labels.
        path: a .csv file (columns path, label, network and new) or an .npz file, which
            ``load_labelled`` reads, and ``load_gallery`` too.

    Raises:
        DataError: the file cannot be written.
    """
    gallery, path = labelled.gallery, Path(path)
    new = {} if labelled.new is None else {"new": labelled.new}
    more = {**gallery_arrays(gallery), **new} if path.suffix == ".npz" else new
    write_labels(path, labelled.labels, gallery.images.paths, gallery.network, more)


def load_labelled(path: Path | str, gallery: Gallery | Path | str | None = None) -> Labelled:
    """Read labels with the embeddings of their images.

    Args:
        path: an npz or csv file that ``vireid label`` or ``vireid assign`` wrote.
        gallery: the embeddings, or their npz file: needed with a csv file, and with an npz file
            where the images were embedded again, by another network; each image is found by its
            path, or by its row where the labels have no paths.

    Returns:
        The images with their labels.

    Raises:
        DataError: a file is missing or damaged, holds no labels or no embeddings, or the labels are
            of other images.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"{path} is not a file; {EXPECTED}")
    labels, names = _read_csv(path) if path.suffix == ".csv" else _read_npz(path)
    if gallery is None:
        _demand_embeddings(path)
        gallery = path
    if not isinstance(gallery, Gallery):
        gallery = load_gallery(gallery)
    if names is not None:
        labels = _by_path(path, labels, names, gallery.images.paths)
    if len(labels) != len(gallery):
        raise DataError(f"{path} has {len(labels)} labels for {len(gallery)} images")
    try:
        return Labelled(gallery, labels)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def embedded_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return what a file of embeddings holds, so that labels can lie in one file with it.

    Args:
        path: an npz or npy file, as for ``read_features``.

    Returns:
        Arrays by name.

    Raises:
        DataError: the file is damaged.
    """
    return read_arrays(path, (*FIELDS, *KNOWN, *TEXTS, "format"), "damaged or no npz file")[0]


def _demand_embeddings(path: Path) -> None:
    """Refuse a file of labels alone."""
    there = [] if path.suffix == ".csv" else read_arrays(path, ("labels",), "no labels")[1]
    if "vectors" not in there:
        raise DataError(
            f"{path} holds labels and no embeddings; name the file of `vireid embed` that was "
            "labelled (--old FILE), or label again with an --out that ends in .npz"
        )


def _read_npz(path: Path) -> tuple[Int, tuple[str, ...] | None]:
    """Return labels and paths of an npz file."""
    arrays, _ = read_arrays(path, ("labels", "paths"), "no file of labels")
    labels = arrays.get("labels")
    if labels is None or labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise DataError(f"{path} holds no labels [N] of whole numbers; {EXPECTED}")
    paths = arrays.get("paths")
    return labels.astype(np.int64), None if paths is None else names_of(path, paths, len(labels))


def _read_csv(path: Path) -> tuple[Int, tuple[str, ...] | None]:
    """Return labels and paths of a csv file."""
    try:
        with path.open(newline="", encoding="utf-8", errors="surrogateescape") as text:
            table = csv.DictReader(text)
            columns = table.fieldnames or []
            rows = list(table)
        labels = np.array([int(row["label"]) for row in rows], dtype=np.int64)
    except (OSError, ValueError, LookupError, TypeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as labels ({error}); {EXPECTED}") from error
    return labels, tuple(row["path"] for row in rows) if "path" in columns else None


def _by_path(path: Path, labels: Int, names: tuple[str, ...], wanted: tuple[str, ...]) -> Int:
    """Return labels in the order of the embeddings."""
    known: Mapping[str, Any] = dict(zip(names, labels.tolist(), strict=True))
    if len(known) < len(names):
        raise DataError(f"{path} names an image twice; {EXPECTED}")
    missing = [name for name in wanted if name not in known]
    if missing or len(wanted) != len(known):
        told = f"has no label of {missing[0]}" if missing else "has labels of further images"
        raise DataError(
            f"{path} {told}: {len(known)} labels, {len(wanted)} embeddings; expected the "
            "embeddings of the very images"
        )
    return np.array([known[name] for name in wanted], dtype=np.int64)
