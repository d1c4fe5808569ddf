"""A folder in which images arrive: which of them are whole by now."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vireid.data.folder import is_image
from vireid.data.layouts.modalities import modality_of
from vireid.data.walking import walk
from vireid.errors import ConfigError, DataError
from vireid.gallery.adding import Added, Adding
from vireid.gallery.applying import check_no_network
from vireid.gallery.options import AddOptions, Embeds
from vireid.gallery.sources import image_additions
from vireid.types import Images

Stamp = tuple[int, int, int]
"""Size, and times of the last change of the content and of the file."""


@dataclass
class Arrivals:
    """Looks into a folder again and again.

    An image counts as whole once nothing about its file has changed from one look to the next. One
    that cannot be read then is looked at again when it changes.

    Args:
        folder: that is looked into, with all that lies below it.
    """

    folder: Path
    _before: dict[str, Stamp] = field(default_factory=dict)
    _taken: dict[str, Stamp] = field(default_factory=dict)

    def look(self) -> list[str]:
        """Return the images that are whole and have not been dealt with, relative to the folder."""
        now = {
            path: stamp
            for path in walk(self.folder).files
            if is_image(path.rpartition("/")[2]) and (stamp := _stamp(self.folder / path))
        }
        steady = {path: stamp for path, stamp in now.items() if self._before.get(path) == stamp}
        self._before = now
        return sorted(path for path, stamp in steady.items() if self._taken.get(path) != stamp)

    def take(self, paths: list[str]) -> None:
        """Note that images have been dealt with: they come again only when they change.

        Args:
            paths: as ``look`` returned them.
        """
        self._taken.update({path: self._before[path] for path in paths})


def _stamp(path: Path) -> Stamp | None:
    """Return what tells whether a file still changes; None where it is gone or empty."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns) if status.st_size else None


def images_at(folder: Path, paths: list[str], options: AddOptions) -> Images:
    """Return images that arrived in a folder.

    Args:
        folder: that is looked into.
        paths: of N images below it.
        options: what they show; where it is not said, the first folder of a path does, which is
            called visible or infrared.

    Returns:
        N images.

    Raises:
        ConfigError: it is not known what an image shows.
    """
    found = [modality_of(options.modality or path.partition("/")[0]) for path in paths]
    kinds = [one for one in found if one is not None]
    if len(kinds) < len(found):
        first = paths[found.index(None)]
        raise ConfigError(
            f"{folder / first}: it is not known what it shows; say --modality visible or "
            "infrared, or watch a folder in which images arrive below visible/ and infrared/"
        )
    kind = np.array(kinds, dtype=np.int64)
    if options.camera is None:
        return Images(folder, tuple(paths), kind, np.zeros_like(kind))
    return Images(folder, tuple(paths), kind, np.ones_like(kind), cameras={1: options.camera})


def watch_folder(
    folder: Path, embedder: Embeds, options: AddOptions, adding: Adding, every: float
) -> Iterator[Added]:
    """Add images as they arrive in a folder, until the caller stops.

    Args:
        folder: that is looked into.
        embedder: embeds them.
        options: what is said of them.
        adding: puts rows into the store.
        every: seconds between two looks.

    Yields:
        What each batch has added; nothing where a look finds nothing new.

    Raises:
        DataError: the folder is not there, or the store cannot be written to.
        ConfigError: it is not known what an image shows, or an option does not apply.
    """
    if not (0 < every < math.inf):
        raise ConfigError(f"every is {every:g} seconds; expected more than 0")
    if options.part != "all":
        raise ConfigError(f"part is {options.part}; a folder that is watched has no parts")
    check_no_network(options)
    if not folder.is_dir():
        raise DataError(f"{folder} is no folder; expected one in which images arrive")
    arrivals = Arrivals(folder)
    while True:
        if arrived := arrivals.look():
            images = images_at(folder, arrived, options)
            for part in image_additions(images, embedder, options, adding):
                now, arrived = arrived[: options.batch], arrived[options.batch :]
                arrivals.take(now)
                yield part
        else:
            yield Added()
        time.sleep(every)
