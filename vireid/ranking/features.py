"""Files of features, and of the labels that they get."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from vireid.errors import DataError
from vireid.files import whole_file
from vireid.types import Float, Int


@dataclass(frozen=True)
class Features:
    """N feature vectors of whatever origin."""

    vectors: Float
    """[N, D]."""
    modality: Int | None
    """[N] 0 visible, 1 infrared, where the file says it."""
    paths: tuple[str, ...] | None
    """The images they were made of, where the file says it."""


def read_features(path: Path) -> Features:
    """Read embeddings, and what goes with them, from an npz or npy file.

    Args:
        path: the file; an npz file holds ``vectors`` [N, D] and may hold ``modality`` and
            ``paths`` [N].

    Returns:
        The features; whoever uses the modality checks it.

    Raises:
        DataError: the file is missing or damaged, or lacks vectors, or has other paths.
    """
    if not path.is_file():
        raise DataError(f"{path} is not a file; expected embeddings (.npz or .npy)")
    try:
        with path.open("rb") as file:
            content = np.load(file, allow_pickle=False)
            single = isinstance(content, np.ndarray)
            arrays: dict[str, Any] = {"vectors": content} if single else dict(content)
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise DataError(f"{path} is damaged or no npz or npy file: {error}") from error
    if "vectors" not in arrays:
        known = ", ".join(arrays) or "nothing"
        raise DataError(f"{path} holds {known}; expected an array `vectors` of shape (N, D)")
    vectors, modality, paths = arrays["vectors"], arrays.get("modality"), arrays.get("paths")
    if vectors.ndim != 2 or not vectors.size or not np.issubdtype(vectors.dtype, np.floating):
        raise DataError(
            f"{path}: vectors are {vectors.dtype} of shape {vectors.shape}; "
            "expected floating (N, D), not empty"
        )
    if paths is not None and paths.shape != (len(vectors),):
        raise DataError(f"{path}: paths have shape {paths.shape}; expected ({len(vectors)},)")
    names = None if paths is None else tuple(str(name) for name in paths)
    return Features(vectors, modality, names)


def write_labels(path: Path, labels: Int, paths: tuple[str, ...] | None) -> None:
    """Write labels as text or as an array, whole or not at all.

    Args:
        path: a .csv file (columns ``path``, or ``row`` where there are no paths, and ``label``)
            or an .npz file (``labels`` [N] int64 and, where known, ``paths``).
        labels: [N], -1 for noise.
        paths: of the N images.

    Raises:
        DataError: the file cannot be written.
    """
    with whole_file(path) as whole:
        if path.suffix == ".npz":
            arrays: dict[str, Any] = {"labels": labels}
            if paths is not None:
                arrays["paths"] = np.array(paths, dtype=np.str_)
            with whole.open("wb") as file:
                np.savez(file, **arrays)
            return
        with whole.open("w", newline="", encoding="utf-8") as text:
            table = csv.writer(text)
            table.writerow(("row" if paths is None else "path", "label"))
            names = range(len(labels)) if paths is None else paths
            table.writerows(zip(names, labels.tolist(), strict=True))
