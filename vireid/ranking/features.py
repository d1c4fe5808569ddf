"""Files of features, and of the labels that they get."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.errors import DataError
from vireid.files import whole_file
from vireid.ranking.arrays import names_of, numbered, read_arrays, single_text
from vireid.ranking.centred_rows import saved_statistics
from vireid.ranking.levels_by_row import saved_levels, with_saved_levels
from vireid.types import Float, Images, Int, NamedStatistics

SCALED = ("levels", "camera", "cameras")
"""What tells how images were scaled."""
KNOWN = ("camera", "track", "time")
"""What cameras know of the images, as ``types.Known`` has it."""
ARRAYS = tuple(
    dict.fromkeys(
        (
            "vectors",
            "modality",
            "paths",
            "network",
            "labelling",
            "centred",
            "statistics",
            *SCALED,
            *KNOWN,
        )
    )
)
"""What is read of a file of features."""


@dataclass(frozen=True)
class Features:
    """N feature vectors of whatever origin."""

    vectors: Float
    """[N, D]."""
    modality: Int | None
    """[N] 0 visible, 1 infrared, where the file says it."""
    paths: tuple[str, ...] | None
    """The images they were made of, where the file says it."""
    network: str | None = None
    """Fingerprint of the network that made them, where the file says it."""
    labelling: str | None = None
    """Settings of labelling that belong to them, JSON, where the file says it."""
    statistics: NamedStatistics | None = None
    """What was taken off the features of each camera; None where the file does not say so."""
    camera: Int | None = None
    """[N] camera numbers, 0 where unknown, where the file says them."""
    track: Int | None = None
    """[N] numbers of tracks, -1 for a row without one, where the file says them."""
    time: NDArray[np.float64] | None = None
    """[N] seconds since 1970 in UTC, NaN where unknown, where the file says them."""
    cameras: Mapping[int, str] = field(default_factory=dict)
    """Names of the cameras that are called by another name than their number."""


def read_features(path: Path) -> Features:
    """Read embeddings, and what goes with them, from an npz or npy file.

    Args:
        path: the file; an npz file holds ``vectors`` [N, D] and may hold ``modality`` and
            ``paths`` [N], ``camera``, ``track`` and ``time`` [N], ``network``, ``levels``,
            ``centred``, ``statistics`` and ``labelling``. Nothing in it is unpickled.

    Returns:
        The features; whoever uses the modality checks it.

    Raises:
        DataError: the file is missing or damaged, or lacks vectors, has other paths, or rows of
            several networks, of several levels or centred in several ways, or lacks the statistics
            that were taken off them.
    """
    if not path.is_file():
        raise DataError(f"{path} is not a file; expected embeddings (.npz or .npy)")
    arrays, there = read_arrays(path, ARRAYS, "damaged or no npz or npy file")
    if "vectors" not in arrays:
        raise DataError(
            f"{path} holds {', '.join(there) or 'nothing'}; expected an array `vectors` of shape "
            "(N, D)"
        )
    vectors, paths = arrays["vectors"], arrays.get("paths")
    if vectors.ndim != 2 or not vectors.size or not np.issubdtype(vectors.dtype, np.floating):
        raise DataError(
            f"{path}: vectors are {vectors.dtype} of shape {vectors.shape}; "
            "expected floating (N, D), not empty"
        )
    names = None if paths is None else names_of(path, paths, len(vectors))
    network, labelling = (
        single_text(path, name, arrays.get(name)) for name in ("network", "labelling")
    )
    _check_levels(path, arrays)
    taken = saved_statistics(path, arrays.get("centred"), arrays.get("statistics"))
    modality, camera, track, time = (arrays.get(name) for name in ("modality", *KNOWN))
    cameras = numbered(path, "cameras", arrays.get("cameras"))
    return Features(
        vectors, modality, names, network, labelling, taken, camera, track, time, cameras
    )


def _check_levels(path: Path, arrays: dict[str, Any]) -> None:
    """Refuse a file that was joined of some whose images were scaled otherwise."""
    levels, count = arrays.get("levels"), len(arrays["vectors"])
    if levels is None or "modality" not in arrays or "camera" not in arrays:
        saved_levels(path, levels, count)
        return
    names = tuple(str(row) for row in range(count))
    cameras = numbered(path, "cameras", arrays.get("cameras"))
    try:
        images = Images(Path(), names, arrays["modality"], arrays["camera"], cameras=cameras)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    with_saved_levels(path, images, levels)


def write_labels(
    path: Path,
    labels: Int,
    paths: tuple[str, ...] | None,
    network: str | None = None,
    more: Mapping[str, NDArray[Any]] | None = None,
) -> None:
    """Write labels as text or as an array, whole or not at all.

    Args:
        path: a .csv file (columns ``path``, or ``row`` where there are no paths, ``label``, and
            ``network`` where it is known) or an .npz file (``labels`` [N] int64 and, where known,
            ``paths`` and ``network``).
        labels: [N], -1 for noise.
        paths: of the N images.
        network: fingerprint of the network whose embeddings were labelled.
        more: further columns [N] of a .csv file, or arrays of an .npz file, by name.

    Raises:
        DataError: the file cannot be written.
    """
    with whole_file(path) as whole:
        if path.suffix == ".npz":
            arrays: dict[str, Any] = {**(more or {}), "labels": labels}
            if paths is not None:
                arrays["paths"] = np.array(paths, dtype=np.str_)
            if network is not None:
                arrays["network"] = np.array(network)
            with whole.open("wb") as file:
                np.savez(file, **arrays)
            return
        columns = {} if network is None else {"network": np.full(len(labels), network)}
        columns |= {
            name: np.asarray(values).astype(np.int64) for name, values in (more or {}).items()
        }
        # names of files that are no UTF-8 stay what they are
        with whole.open("w", newline="", encoding="utf-8", errors="surrogateescape") as text:
            table = csv.writer(text)
            first = "row" if paths is None else "path"
            table.writerow((first, "label", *columns))
            names = range(len(labels)) if paths is None else paths
            rest = (values.tolist() for values in columns.values())
            table.writerows(zip(names, labels.tolist(), *rest, strict=True))
