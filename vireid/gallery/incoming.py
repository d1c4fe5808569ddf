"""Embedded images -> rows of a store."""

import hashlib
import math
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vireid.data.digests import digests_at_hand
from vireid.errors import ConfigError
from vireid.gallery.schema import rows_table
from vireid.ranking import Gallery
from vireid.types import Float, Images, Int

DAY = 86_400.0
"""Seconds."""
KEY = 16
"""Hexadecimal digits of a key."""


@dataclass(frozen=True)
class Terms:
    """What holds for all rows of an addition."""

    keep: float | None = None
    """Days after which they expire: from the time of the image, or from now where that is
    unknown. As the store says where None."""
    recording: str = ""
    """Stands before the names of their tracks, which keeps those of several recordings apart."""

    def __post_init__(self) -> None:
        """Refuse days that are none."""
        check_keep(self.keep)


def check_keep(keep: float | None) -> None:
    """Refuse days that are none.

    Args:
        keep: for how many rows are kept; None for ever, or as the store says.

    Raises:
        ConfigError: it is no number above 0.
    """
    if keep is not None and not (0 < keep < math.inf):
        raise ConfigError(f"keep is {keep:g} days; expected more than 0, or none")


@dataclass(frozen=True)
class Incoming:
    """N embedded images on their way into a store."""

    gallery: Gallery
    """The images and their embeddings."""
    contents: tuple[str, ...]
    """Digests of their files, empty where unknown."""
    keys: tuple[str, ...]
    """Their keys."""
    expires: NDArray[np.float64] | None = None
    """[N] when they expire; as their terms say where NaN or None."""

    def __len__(self) -> int:
        return len(self.keys)

    def subset(self, rows: Int) -> "Incoming":
        """Return the images at the indices [M]."""
        chosen = rows.tolist()
        return Incoming(
            self.gallery.subset(rows),
            tuple(self.contents[i] for i in chosen),
            tuple(self.keys[i] for i in chosen),
            None if self.expires is None else self.expires[rows],
        )


def incoming(
    gallery: Gallery,
    contents: Sequence[str],
    keys: Sequence[str] | None = None,
    expires: NDArray[np.float64] | None = None,
) -> Incoming:
    """Return embedded images with their keys.

    A key is the beginning of the digest of the image's file; where that is unknown, of the
    embedding and the path.

    Args:
        gallery: N embedded images.
        contents: N digests of their files, empty where unknown.
        keys: N keys that they have already.
        expires: [N] when they expire, where that is known.

    Returns:
        All of them.
    """
    if keys is None:
        vectors, paths = gallery.embeddings.vectors, whole_paths(gallery.images)
        keys = [
            content[:KEY] if content else _key(vector, path)
            for content, vector, path in zip(contents, vectors, paths, strict=True)
        ]
    return Incoming(gallery, tuple(contents), tuple(keys), expires)


def _key(vector: Float, path: str) -> str:
    digest = hashlib.blake2b(vector.astype("<f4").tobytes(), digest_size=KEY // 2)
    digest.update(os.fsencode(path))
    return digest.hexdigest()


def contents_of(images: Images, made: float | None = None) -> list[str]:
    """Return the digests of the files of images.

    Args:
        images: N images.
        made: when their embeddings were made, seconds since 1970; files that were changed later
            hold something else. None where the files are as they were.

    Returns:
        N hexadecimal texts; empty ones for files that are not there, cannot be read or are younger.
    """
    named = images.root == Path() and not any(map(os.path.isabs, images.paths[:1]))
    if named or not images.root.is_dir():
        return [""] * len(images)
    latest = math.inf if made is None else made
    return [digest.hex() for digest in digests_at_hand(images, latest)]


def whole_paths(images: Images) -> list[str]:
    """Return where images lie: absolute where their folder is known.

    Args:
        images: N images.

    Returns:
        N paths.
    """
    if images.root == Path():
        return [os.path.normpath(path) for path in images.paths]
    root = f"{images.root.absolute()}/"
    return [
        os.path.normpath(path if path.startswith("/") else root + path) for path in images.paths
    ]


def row_table(rows: Incoming, terms: Terms, network: str) -> object:
    """Return rows as an arrow table, with new opaque numbers.

    Args:
        rows: N embedded images.
        terms: what holds for all of them.
        network: the fingerprint that they are kept under.

    Returns:
        N rows.
    """
    images, now = rows.gallery.images, time.time()
    count = len(images)
    times = np.full(count, np.nan) if images.time is None else images.time
    columns = {
        "id": opaque(count),
        "key": rows.keys,
        "vector": rows.gallery.embeddings.vectors,
        "modality": images.modality.astype(np.int8),
        "camera": camera_names(images),
        "time": times,
        "track": track_names(images, terms.recording),
        "path": whole_paths(images),
        "content": rows.contents,
        "network": [network] * count,
        "added": np.full(count, now),
        "expires": _expiry(times, now, terms.keep, rows.expires),
    }
    return rows_table(columns, rows.gallery.embeddings.vectors.shape[1])


def opaque(count: int) -> Int:
    """Return numbers that tell nothing: random, from 0 to 2^63 - 1.

    Args:
        count: N.

    Returns:
        [N].
    """
    return np.frombuffer(os.urandom(8 * count), dtype="<i8") & np.int64(2**63 - 1)


def camera_names(images: Images) -> list[str]:
    """Return the name of each image's camera, empty where unknown.

    Args:
        images: N images.

    Returns:
        N names.
    """
    names = {number: images.camera_name(number) for number in np.unique(images.camera).tolist()}
    names[0] = ""
    return [names[number] for number in images.camera.tolist()]


def track_names(images: Images, recording: str = "") -> list[str]:
    """Return the name of each image's track, empty where it has none.

    Args:
        images: N images.
        recording: stands before the names.

    Returns:
        N names.
    """
    if images.track is None:
        return [""] * len(images)
    before = f"{recording}/" if recording else ""
    return [
        "" if number < 0 else before + images.tracks.get(number, str(number))
        for number in images.track.tolist()
    ]


def _expiry(
    times: NDArray[np.float64], now: float, keep: float | None, said: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Return when rows expire: as is said of them, else as long as they are kept."""
    usual = np.full(len(times), np.nan)
    if keep is not None:
        usual = np.where(np.isnan(times), now, times) + keep * DAY
    return usual if said is None else np.where(np.isnan(said), usual, said)
