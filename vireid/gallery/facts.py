"""What is known of the rows of a store, in memory, but for their vectors."""

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.types import Bool, Int

COLUMNS = (
    "id", "key", "modality", "camera", "time", "track", "path", "content", "added", "expires",
)  # fmt: skip
"""What is read of the rows."""


@dataclass(frozen=True, repr=False)
class Facts:
    """N rows of a store."""

    id: Int
    """[N] opaque numbers, by which rows are deleted."""
    key: NDArray[np.bytes_]
    """[N] ASCII."""
    modality: Int
    """[N] 0 visible, 1 infrared."""
    camera: Int
    """[N] which of ``cameras``."""
    cameras: tuple[str, ...]
    """Names; an empty one stands for an unknown camera."""
    track: Int
    """[N] which of ``tracks``."""
    tracks: tuple[str, ...]
    """Names; an empty one stands for no track."""
    time: NDArray[np.float64]
    """[N] seconds since 1970 in UTC, NaN where unknown."""
    added: NDArray[np.float64]
    """[N] when each was added, likewise."""
    expires: NDArray[np.float64]
    """[N] from when on it is not found any more, NaN for never."""
    path: Any
    """[N] bytes, an arrow array."""
    content: Any
    """[N] digest of the image's file, empty where unknown, an arrow array."""

    def __len__(self) -> int:
        return len(self.id)

    @classmethod
    def none(cls) -> "Facts":
        """Return the facts of no rows."""
        from vireid.gallery.schema import rows_schema

        return facts_of(rows_schema(1).empty_table())

    def paths(self, rows: Int) -> list[str]:
        """Return the paths of some rows.

        Args:
            rows: [M] which.
        """
        return [os.fsdecode(path) for path in self.path.take(rows).to_pylist()]

    def contents(self, rows: Int) -> list[str]:
        """Return the digests of the files of some rows; empty where unknown.

        Args:
            rows: [M] which.
        """
        return list(self.content.take(rows).to_pylist())

    def alive(self, now: float) -> Bool:
        """Return which rows [N] have not expired at a time.

        Args:
            now: seconds since 1970 in UTC.
        """
        return ~(self.expires <= now)

    def subset(self, rows: Int) -> "Facts":
        """Return what is known of the rows at the indices [M], in that order."""
        return Facts(
            self.id[rows],
            self.key[rows],
            self.modality[rows],
            self.camera[rows],
            self.cameras,
            self.track[rows],
            self.tracks,
            self.time[rows],
            self.added[rows],
            self.expires[rows],
            self.path.take(rows),
            self.content.take(rows),
        )

    def joined(self, others: "Facts") -> "Facts":
        """Return what is known of these rows and of further ones behind them.

        Args:
            others: of M rows.
        """
        import pyarrow as pa

        camera, cameras = _joined((self.camera, self.cameras), (others.camera, others.cameras))
        track, tracks = _joined((self.track, self.tracks), (others.track, others.tracks))
        plain = {
            name: np.concatenate([getattr(self, name), getattr(others, name)])
            for name in ("id", "key", "modality", "time", "added", "expires")
        }
        arrow = {
            name: pa.concat_arrays([getattr(self, name), getattr(others, name)])
            for name in ("path", "content")
        }
        return Facts(camera=camera, cameras=cameras, track=track, tracks=tracks, **plain, **arrow)

    def without_unused_names(self) -> "Facts":
        """Return the same without names of cameras and tracks that no row has any more."""
        camera, cameras = _used(self.camera, self.cameras)
        track, tracks = _used(self.track, self.tracks)
        return replace(self, camera=camera, cameras=cameras, track=track, tracks=tracks)

    @cached_property
    def pairs(self) -> tuple[Int, Int]:
        """Modalities and codes of cameras that occur together, each pair once."""
        count = max(1, len(self.cameras))
        there = np.flatnonzero(np.bincount(self.modality * count + self.camera, minlength=1))
        return (there // count, there % count) if len(self) else (there[:0], there[:0])


def facts_of(table: Any) -> Facts:
    """Return what an arrow table tells of its rows.

    Args:
        table: with the columns ``COLUMNS``.

    Returns:
        The facts, in the table's order.
    """
    camera, cameras = _coded(table.column("camera"))
    track, tracks = _coded(table.column("track"))
    return Facts(
        id=table.column("id").to_numpy(),
        key=table.column("key").to_numpy().astype("S"),
        modality=table.column("modality").to_numpy().astype(np.int64),
        camera=camera,
        cameras=cameras,
        track=track,
        tracks=tracks,
        time=table.column("time").to_numpy(),
        added=table.column("added").to_numpy(),
        expires=table.column("expires").to_numpy(),
        path=table.column("path").combine_chunks(),
        content=table.column("content").combine_chunks(),
    )


def _coded(column: Any) -> "Coded":
    """Return a column of names as numbers and the names that they stand for."""
    coded = column.combine_chunks().dictionary_encode()
    names = tuple(os.fsdecode(name) for name in coded.dictionary.to_pylist())
    return coded.indices.to_numpy().astype(np.int64), names


Coded = tuple[Int, tuple[str, ...]]
"""Codes [N], and the names that they stand for."""


def _joined(one: Coded, other: Coded) -> Coded:
    """Return the codes of some rows and of others behind them, by names in common."""
    names = list(one[1])
    known = {name: code for code, name in enumerate(names)}
    for name in other[1]:
        if known.setdefault(name, len(names)) == len(names):
            names.append(name)
    codes = np.array([known[name] for name in other[1]], dtype=np.int64)
    return np.concatenate([one[0], codes[other[0]] if len(codes) else other[0]]), tuple(names)


def _used(codes: Int, names: tuple[str, ...]) -> Coded:
    """Return codes by the names that occur."""
    used = np.bincount(codes, minlength=len(names)) > 0
    new = np.cumsum(used) - 1
    kept = tuple(name for name, there in zip(names, used.tolist(), strict=True) if there)
    return new[codes], kept
