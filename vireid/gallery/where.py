"""Which rows of a store are meant: by key, path, track, camera, modality and time."""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from vireid.errors import ConfigError, meant
from vireid.gallery.facts import Facts
from vireid.types import Bool, Modality

NAMES = ("keys", "paths", "tracks", "cameras")
"""Conditions that are names, one of which holds."""


@dataclass(frozen=True)
class Where:
    """Conditions on rows, all of which hold; one that is empty or None asks for nothing."""

    keys: Collection[str] = ()
    """One of these keys."""
    paths: Collection[str | os.PathLike[str]] = ()
    """One of these paths, or a folder above it: as the store has them, or below the current folder
    where they are relative."""
    tracks: Collection[str] = ()
    """One of these tracks."""
    cameras: Collection[str] = ()
    """One of these cameras."""
    modality: str | None = None
    """Visible or infrared."""
    since: float | None = None
    """At this time or later, seconds since 1970 in UTC; rows of unknown time are not meant."""
    until: float | None = None
    """Before this time, likewise."""

    def __post_init__(self) -> None:
        """Refuse what would ask for something else than it seems; keep names as tuples."""
        for name in NAMES:
            object.__setattr__(self, name, _names(name, getattr(self, name)))
        object.__setattr__(self, "paths", tuple(map(os.fsdecode, self.paths)))
        if self.modality is not None and self.modality.upper() not in Modality.__members__:
            raise ConfigError(f"modality is {self.modality!r}; expected visible or infrared")
        for name in ("since", "until"):
            if not np.isfinite(getattr(self, name) or 0):
                raise ConfigError(f"{name} is {getattr(self, name)}; expected seconds since 1970")
        if self.since is not None and self.until is not None and not self.since < self.until:
            raise ConfigError(
                f"since is {self.since:.0f} and until {self.until:.0f}; expected an earlier and a "
                "later time"
            )

    @property
    def everything(self) -> bool:
        """Whether nothing is asked for, so that all rows are meant."""
        return all(getattr(self, one.name) in (None, ()) for one in fields(self))

    def rows(self, facts: Facts) -> Bool:
        """Return which rows are meant.

        Args:
            facts: of N rows.

        Returns:
            [N] True where all conditions hold.
        """
        kept = np.ones(len(facts), dtype=bool)
        if self.keys:
            kept &= np.isin(facts.key, np.array([_plain(key) for key in self.keys]))
        for names, codes, known in (
            (self.tracks, facts.track, facts.tracks),
            (self.cameras, facts.camera, facts.cameras),
        ):
            if names:
                wanted = [code for code, name in enumerate(known) if name and name in names]
                kept &= np.isin(codes, wanted)
        if self.modality is not None:
            kept &= facts.modality == Modality[self.modality.upper()]
        if self.since is not None:
            kept &= facts.time >= self.since
        if self.until is not None:
            kept &= facts.time < self.until
        if self.paths:
            folders = [_folder(path) for path in self._places()]
            kept[kept] = [
                any(_folder(path).startswith(folder) for folder in folders)
                for path in facts.paths(np.flatnonzero(kept))
            ]
        return kept

    def unknown(self, facts: Facts) -> list[str]:
        """Return which names no row has, such as misspelt ones, each in words.

        Args:
            facts: of N rows.

        Returns:
            A line for each name.
        """
        cameras, tracks = (set(np.unique(codes).tolist()) for codes in (facts.camera, facts.track))
        known = {
            "keys": {key.decode() for key in facts.key.tolist()} if self.keys else set(),
            "cameras": {facts.cameras[code] for code in cameras},
            "tracks": {facts.tracks[code] for code in tracks},
        }
        lines = [
            f"no row has {word[:-1]} {name!r}"
            + ("" if word == "keys" else meant(name, known[word]))
            for word in known
            for name in getattr(self, word)
            if name not in known[word]
        ]
        return lines + [
            f"no row lies at {path} or below"
            for path in self.paths
            if not Where(paths=[path]).rows(facts).any()
        ]

    def condition(self) -> str | None:
        """Return what can be said of it to LanceDB: numbers, and names as hexadecimal digits.

        Keys and paths are left out, which choose few rows.

        Returns:
            Words of its language that hold nothing a user wrote; None where nothing is asked for.

        >>> Where(cameras=["a'; DROP"], modality="infrared", until=9).condition()
        "camera IN (X'61273b2044524f50') AND modality = 1 AND time < 9.0"
        """
        parts = [
            f"{column} IN ({', '.join(map(_literal, names))})"
            for column, names in (("camera", self.cameras), ("track", self.tracks))
            if names
        ]
        if self.modality is not None:
            parts.append(f"modality = {int(Modality[self.modality.upper()])}")
        if self.since is not None:  # unknown times are NaN, which LanceDB takes for the largest
            parts.append(f"time >= {float(self.since)!r} AND time < 1e300")
        if self.until is not None:
            parts.append(f"time < {float(self.until)!r}")
        return " AND ".join(parts) or None

    def _places(self) -> set[str]:
        """Return the paths as rows may have them: as they are, and below the current folder."""
        return {form(path) for path in self.paths for form in (os.path.normpath, os.path.abspath)}


def _names(name: str, given: object) -> tuple[Any, ...]:
    """Return names that are given as some collection."""
    if given is None:
        return ()
    if isinstance(given, str | bytes | os.PathLike) or not isinstance(given, Iterable):
        raise ConfigError(f"{name} is {given!r}; expected a list of them")
    found, files = tuple(given), name == "paths"
    for one in found:
        if not isinstance(one, str | os.PathLike if files else str) or (files and not str(one)):
            raise ConfigError(f"{name} hold {one!r}; expected {'paths' if files else 'texts'}")
    return found


def _plain(key: str) -> bytes:
    """Return a key as rows hold it; one that cannot be any is found in no row."""
    return key.encode("utf-8", "replace")


def _folder(path: str) -> str:
    return path.rstrip(os.sep) + os.sep


def _literal(name: str) -> str:
    """Return a name as LanceDB reads bytes: in hexadecimal digits, whatever the name is."""
    return f"X'{os.fsencode(name).hex()}'"
