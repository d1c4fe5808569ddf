"""Which gallery images are a query itself, or of its track or camera."""

import os
import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from PIL import Image

from vireid.errors import ConfigError, number_of, some
from vireid.ranking.gallery import Gallery
from vireid.types import Float, Images, Int

Own = Literal["own-file", "own-track", "own-camera"]
"""What of a query a search may leave out."""
EQUAL = 3e-6
"""How far below 1 the similarity of embeddings of the same pixels may be by rounding."""
ALIKE = 0.99
"""Similarity from which the bytes of two files are compared."""


class OwnRows:
    """Finds the rows of a gallery that are of a query itself.

    Its own file is the one of the same place, of the same bytes, or of the same pixels; one that is
    gone, of the same name and embedding. Its track and camera are those that the gallery knows of
    that file, or that the query says itself where both are of one data set.

    Args:
        queries: Q embedded images.
        gallery: G embedded images of the same network.
        ignore: what is looked for.

    Raises:
        ConfigError: something is no such thing, or the gallery knows no tracks or cameras.
    """

    def __init__(self, queries: Gallery, gallery: Gallery, ignore: Sequence[Own]) -> None:
        unknown = [one for one in ignore if one not in get_args(Own)]
        if unknown:
            raise ConfigError(f"ignore holds {unknown[0]}; expected {', '.join(get_args(Own))}")
        self.queries, self.gallery, self.ignore = queries.images, gallery.images, ignore
        self.known = {one: _groups(self.gallery, one) for one in ignore if one != "own-file"}
        for one, groups in self.known.items():
            what = one.removeprefix("own-")
            if not groups:
                raise ConfigError(
                    f"the gallery knows no {what}s, which --ignore {one} is about; embed data that "
                    f"say them (a manifest with a column {what}), or leave it out"
                )
        self._same_data = _place(self.queries.root) == _place(self.gallery.root)
        self._places: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row, path in enumerate(self.gallery.paths):
            self._places[spot(self.gallery.root, path)].append(row)
        self._lost: dict[str, int] = defaultdict(int)
        self._other: list[str] = []

    def of(self, query: int, similarity: Float) -> Int:
        """Return the rows that are of a query.

        Args:
            query: its number.
            similarity: [G] to all images of the gallery.

        Returns:
            Rows, ascending.
        """
        file = self._file(query, similarity)
        rows = set(file) if "own-file" in self.ignore else set()
        for one, groups in self.known.items():
            names = {name for name, members in groups.items() if not members.isdisjoint(file)}
            if not names and self._same_data:
                names = {_name(self.queries, one, query)} & set(groups)
            self._lost[one] += not names
            rows |= set().union(*(groups[name] for name in names))
        return np.array(sorted(rows), dtype=np.int64)

    def warn(self) -> None:
        """Warn of queries of which something is unknown, or told otherwise by the gallery."""
        self._warn_of_gone()
        if self._other:
            warnings.warn(
                f"the gallery holds {number_of(len(self._other), 'query', 'queries')} as images of "
                f"the other modality: {some(self._other)}; if the gallery is right, the "
                "similarities mean nothing: see --modality",
                stacklevel=3,
            )
        for one, count in self._lost.items():
            if count:
                what = one.removeprefix("own-")
                warnings.warn(
                    f"the {what} of {count} of {len(self.queries)} queries is unknown, and nothing "
                    f"of it is left out: the gallery does not hold them, or not their {what}",
                    stacklevel=3,
                )

    def _warn_of_gone(self) -> None:
        """Warn of files of the gallery that are not there, by which nothing can be compared."""
        images = self.gallery
        gone = [path for path in images.paths if not (images.root / path).exists()]
        if gone:
            warnings.warn(
                f"{len(gone):,} of {len(images):,} files that the gallery lists do not exist, "
                f"first {images.root / gone[0]}: whether one is a query itself is told by place "
                "and name alone; say where they lie now (--root), or embed again",
                stacklevel=4,
            )

    def _file(self, query: int, similarity: Float) -> set[int]:
        """Return the rows that are the query's own file."""
        path = self.queries.root / self.queries.paths[query]
        spots = {spot(self.queries.root, self.queries.paths[query])}
        spots.add(spot(path.resolve().parent, path.resolve().name))
        found = {row for spot in spots for row in self._places.get(spot, ())}
        kind = self.queries.modality[query]
        if any(self.gallery.modality[row] != kind for row in found):
            self._other.append(self.queries.paths[query])
        near = np.flatnonzero(similarity > ALIKE)
        alike = self.gallery.modality[near] == kind
        for row in near[alike].tolist():
            other = self.gallery.root / self.gallery.paths[row]
            if _same_bytes(path, other) or (
                similarity[row] > 1 - EQUAL and _same_pixels(path, other)
            ):
                found.add(row)
        return found


def _groups(images: Images, one: str) -> Mapping[str, set[int]]:
    """Return the rows of each track or camera by its name; unknown ones are left out."""
    found: dict[str, set[int]] = defaultdict(set)
    for row in range(len(images)):
        name = _name(images, one, row)
        if name:
            found[name].add(row)
    return found


def _name(images: Images, one: str, row: int) -> str:
    """Return the name of an image's track or camera; nothing where unknown."""
    if one == "own-camera":
        number = int(images.camera[row])
        return images.camera_name(number) if number else ""
    if images.track is None or images.track[row] < 0:
        return ""
    number = int(images.track[row])
    return images.tracks.get(number, str(number))


@cache
def _place(folder: Path) -> str:
    return os.path.realpath(folder)


def spot(root: Path, path: str) -> tuple[str, str]:
    """Return where a file is.

    Args:
        root: the folder that the path is relative to.
        path: of the file.

    Returns:
        The real place of its folder, and its name.
    """
    whole = root / path
    return _place(whole.parent), whole.name


def _same_bytes(one: Path, other: Path) -> bool:
    """Tell whether two files hold the same; not where one of them is gone."""
    try:
        return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
    except OSError:
        return False


def _same_pixels(one: Path, other: Path) -> bool:
    """Tell whether two files show the same; by their names where one of them is gone."""
    if not (one.is_file() and other.is_file()):
        return one.name == other.name
    try:
        with Image.open(one) as first, Image.open(other) as second:
            if first.size != second.size:
                return False
            return first.convert("RGB").tobytes() == second.convert("RGB").tobytes()
    except (OSError, ValueError, SyntaxError):
        return False
