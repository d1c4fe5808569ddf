"""Features of any model, from a file or in memory, as the test images of a data set."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import normalise_rows
from vireid.data import DataFolder
from vireid.errors import DataError, some
from vireid.ranking import Gallery, read_features
from vireid.runs.centring import without_cameras
from vireid.scoring.centring import PLAIN, Centring
from vireid.scoring.choice import known_truth
from vireid.scoring.networks import Scored
from vireid.scoring.protocol import Protocol
from vireid.scoring.scores import score
from vireid.scoring.tally import demand_matches
from vireid.types import Embeddings, Images, Int, Modality, NamedStatistics

ENDINGS = (".npz", ".npy")
"""Of files of features, in lower case."""

_UNIT = 1e-5  # how far the length of a float32 row may be from 1

InMemory = Embeddings | Gallery | NDArray[np.floating]
"""Features in memory."""


def is_features(path: Path) -> bool:
    """Tell by its name whether a file holds features.

    Args:
        path: the file.

    Returns:
        True for npz and npy files.

    >>> is_features(Path("a.NPZ")), is_features(Path("aligned.safetensors"))
    (True, False)
    """
    return path.suffix.lower() in ENDINGS


def features_of(given: Path | InMemory, images: Images) -> Embeddings:
    """Return features in the order of test images.

    Args:
        given: a file of features [N, D] or [M, D], whose rows are those of the M test images in
            their order, unless it holds paths: then each test image is looked for there, and other
            rows may be there too; or features in memory, a ``Gallery`` with its paths likewise.
        images: the M test images.

    Returns:
        The features, brought to unit length.

    Raises:
        DataError: the file cannot be used, numbers or paths do not fit, or a row is no direction.
    """
    name, vectors, modality, paths = _parts(given)
    if paths is None:
        rows = np.arange(len(images))
        if len(vectors) != len(images):
            raise DataError(
                f"{name} has {len(vectors)} rows for {len(images)} test images; expected one for "
                "each, in their order, or paths to find them by"
            )
    else:
        rows = _rows(name, paths, images)
    if modality is not None:
        _check_modality(name, np.asarray(modality), rows, images)
    try:
        return Embeddings(_unit(np.asarray(vectors)[rows]), images.modality)
    except DataError as error:
        raise DataError(f"{name}: {error} (counted in the order of the test images)") from error


def score_features(
    name: str,
    embeddings: Embeddings,
    data: DataFolder,
    protocols: Sequence[Protocol],
    *,
    rerank: bool = False,
    centring: Centring = PLAIN,
) -> list[Scored]:
    """Score features of the test images by each protocol.

    Args:
        name: what the row of the table is called.
        embeddings: of the test images, in their order.
        data: whose test images they are.
        protocols: at least one.
        rerank: re-rank by k-reciprocal neighbours.
        centring: whose statistics of cameras are taken off them, or have been.

    Returns:
        The scores of each protocol.

    Raises:
        DataError: the embeddings do not fit, or no query counts.
    """
    truth = known_truth(data)
    for protocol in protocols:
        demand_matches(protocol, truth)
    text = f"features {hashlib.sha256(embeddings.vectors.tobytes()).hexdigest()[:16]}"
    taken = centring.statistics(name, embeddings, data.test)
    if taken is not None:
        embeddings = without_cameras(embeddings, data.test, taken)
    words = centring.words(data.test)
    named = [replace(one, name=f"{one.name}{words}") for one in protocols]
    return [
        Scored(
            protocol,
            {name: score(embeddings, truth, protocol, rerank=rerank)},
            embeddings,
            {name: text},
            rerank=rerank,
            centre=centring.centre,
            statistics=taken if centring.done is None else centring.done,
        )
        for protocol in named
    ]


def taken_off(given: Path | InMemory) -> NamedStatistics | None:
    """Return which statistics of cameras have been taken off features.

    Args:
        given: a file of features, or features in memory.

    Returns:
        As the file or the gallery says; None where it says nothing.

    Raises:
        DataError: the file cannot be used.
    """
    if isinstance(given, Path):
        return read_features(given).statistics
    return given.statistics if isinstance(given, Gallery) else None


def _parts(
    given: Path | InMemory,
) -> tuple[str, NDArray[np.floating], Int | None, Sequence[str] | None]:
    """Return what features are called, and their vectors, modality and paths."""
    if isinstance(given, Path):
        found = read_features(given)
        return str(given), found.vectors, found.modality, found.paths
    if isinstance(given, Gallery):
        kept = given.embeddings
        return "the gallery given", kept.vectors, kept.modality, given.images.paths
    if isinstance(given, Embeddings):
        return "the embeddings given", given.vectors, given.modality, None
    array = np.asarray(given)
    if array.ndim != 2:
        raise DataError(f"the features given have shape {array.shape}; expected (N, D)")
    return "the features given", array, None, None


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.floating]:
    """Bring rows to unit length; those of a network, which have it, stay what they are."""
    if vectors.dtype == np.float32 and np.isfinite(vectors).all():
        with np.errstate(over="ignore"):
            lengths = np.linalg.norm(vectors, axis=1)
        if bool((np.abs(lengths - 1) < _UNIT).all()):
            return vectors
    return normalise_rows(vectors)


def _rows(name: str, paths: Sequence[str], images: Images) -> Int:
    """Find the row of each test image by its path."""
    places: dict[str, int] = {}
    twice = set()
    for row, path in enumerate(paths):
        key = _plain(path, images.root)
        if key in places:
            twice.add(key)
        places[key] = row
    wanted = [_plain(path, images.root) for path in images.paths]
    missing = [path for path in wanted if path not in places]
    if missing:
        raise DataError(
            f"{name} lacks {len(missing)} of {len(wanted)} test images: {some(missing)}; it has "
            f"{len(paths)} paths such as {paths[0] if len(paths) else 'none'}, expected those "
            "relative to the data's folder"
        )
    doubled = [path for path in wanted if path in twice]
    if doubled:
        raise DataError(f"{name} has several rows of a path: {some(doubled)}; expected one each")
    return np.array([places[path] for path in wanted], dtype=np.int64)


def _plain(path: str, root: Path) -> str:
    """Return a path relative to the data's folder, in one way of writing it."""
    text = unicodedata.normalize("NFC", path.replace("\\", "/"))
    pure = PurePosixPath(text)
    if pure.is_absolute():
        for base in (root, root.absolute(), root.resolve()):
            if pure.is_relative_to(base.as_posix()):
                return pure.relative_to(base.as_posix()).as_posix()
    return pure.as_posix()


def _check_modality(name: str, modality: Int, rows: Int, images: Images) -> None:
    """Refuse rows whose modality is not that of their test image: they are in another order."""
    if modality.ndim != 1 or len(modality) <= rows.max(initial=-1):
        raise DataError(f"{name}: modality has shape {modality.shape}; expected one for each row")
    wrong = np.flatnonzero(modality[rows] != images.modality)
    if wrong.size:
        first = int(wrong[0])
        kind = Modality(int(images.modality[first])).name.lower()
        raise DataError(
            f"{name}: the modality of {wrong.size} of {len(rows)} rows is another than that of "
            f"their test image, the first for {images.paths[first]}, which is {kind}; expected the "
            "rows of the test images, in their order"
        )
