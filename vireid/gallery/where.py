"""Which rows of a store are meant: by key, path, track, camera, modality and time."""

import os
from collections.abc import Collection
from dataclasses import dataclass, fields

import numpy as np

from vireid.errors import ConfigError
from vireid.gallery.facts import Facts
from vireid.types import Bool, Modality


@dataclass(frozen=True)
class Where:
    """Conditions on rows, all of which hold; one that is empty or None asks for nothing."""

    keys: Collection[str] = ()
    """One of these keys."""
    paths: Collection[str] = ()
    """One of these paths, as the store has them, or a folder above it."""
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
        """Refuse a text where several are expected, and words that are no modality."""
        for name in ("keys", "paths", "tracks", "cameras"):
            if isinstance(getattr(self, name), str):
                raise ConfigError(f"{name} is a text; expected a list of them")
        if self.modality is not None and self.modality.upper() not in Modality.__members__:
            raise ConfigError(f"modality is {self.modality!r}; expected visible or infrared")
        if self.since is not None and self.until is not None and not self.since < self.until:
            raise ConfigError(
                f"since is {self.since:.0f} and until {self.until:.0f}; expected an earlier and a "
                "later time"
            )

    @property
    def everything(self) -> bool:
        """Whether nothing is asked for, so that all rows are meant."""
        return all(getattr(self, one.name) in (None, (), [], set()) for one in fields(self))

    def rows(self, facts: Facts) -> Bool:
        """Return which rows are meant.

        Args:
            facts: of N rows.

        Returns:
            [N] True where all conditions hold.
        """
        meant = np.ones(len(facts), dtype=bool)
        if self.keys:
            meant &= np.isin(facts.key, np.array([_plain(key) for key in self.keys]))
        for names, codes, known in (
            (self.tracks, facts.track, facts.tracks),
            (self.cameras, facts.camera, facts.cameras),
        ):
            if names:
                wanted = [code for code, name in enumerate(known) if name and name in names]
                meant &= np.isin(codes, wanted)
        if self.modality is not None:
            meant &= facts.modality == Modality[self.modality.upper()]
        if self.since is not None:
            meant &= facts.time >= self.since
        if self.until is not None:
            meant &= facts.time < self.until
        if self.paths:
            meant[meant] = [self._below(path) for path in facts.paths(np.flatnonzero(meant))]
        return meant

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

    def _below(self, path: str) -> bool:
        """Tell whether a path is one of those asked for, or lies below one of them."""
        return any(path == one or path.startswith(_folder(one)) for one in self.paths)


def _plain(key: str) -> bytes:
    """Return a key as rows hold it; one that cannot be any is found in no row."""
    return key.encode("utf-8", "replace")


def _folder(path: str) -> str:
    return path.rstrip(os.sep) + os.sep


def _literal(name: str) -> str:
    """Return a name as LanceDB reads bytes: in hexadecimal digits, whatever the name is."""
    return f"X'{os.fsencode(name).hex()}'"
