"""The gallery as the service uses it: one thread reads, another one writes."""

import re
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vireid.files import whole_file
from vireid.gallery import Store, Where
from vireid.gallery.adding import Added
from vireid.ranking import Gallery
from vireid.serving.refusal import Refused

DAY = 86_400
"""Seconds."""
KEY = 16
"""Digits of a row's key, which is the beginning of the digest of its file."""
KEYS = re.compile(f"[0-9a-f]{{{KEY}}}")
UPLOADED = re.compile(r"[0-9a-f]{32}\.[a-z]+")
"""Names of uploaded files."""


@dataclass(frozen=True)
class Stores:
    """One gallery, opened twice: threads that read do not wait for one that writes."""

    reading: Store
    writing: Store


class Writer:
    """Changes the gallery; used by one thread.

    Args:
        store: opened for this writer alone.
        uploads: the folder of images that are added; none can be where None.
    """

    def __init__(self, store: Store, uploads: Path | None) -> None:
        self._store, self._uploads = store, uploads

    def add(self, gallery: Gallery, data: bytes) -> Added:
        """Keep the file of an image, and add its row.

        Args:
            gallery: the embedded image, whose path is its name in the folder of uploads.
            data: the file.

        Returns:
            What became of it; acknowledged.

        Raises:
            Refused: 422, the image is older than the gallery keeps its rows.
            DataError: the folder or the gallery cannot be written to; nothing is added then, or all
                is and was not acknowledged.
        """
        self._check_age(gallery)
        file = gallery.images.root / gallery.images.paths[0]
        facts, key = self._store.facts(), file.stem[:KEY]
        there = facts.key == key.encode()
        if (there & facts.alive(time.time())).any():
            return Added(present=1)
        if there.any():
            self.forget(Where(keys=[key]))
        with whole_file(file, mode=0o600) as whole:
            whole.write_bytes(data)
        try:
            return self._store.add(gallery)
        except BaseException:
            if not (self._store.facts().key == key.encode()).any():
                file.unlink(missing_ok=True)
            raise

    def _check_age(self, gallery: Gallery) -> None:
        """Refuse an image that would never be found, as it has expired already."""
        keep, taken = self._store.head().keep, gallery.images.time
        if keep is not None and taken is not None and taken[0] + keep * DAY <= time.time():
            raise Refused(
                422, f"time: the gallery keeps images for {keep:g} days, and this one is older"
            )

    def keys(self, where: Where) -> frozenset[str]:
        """Return the keys of rows, and those that are asked for by nothing else.

        Args:
            where: which.
        """
        facts = self._store.facts()
        found = facts.key[where.rows(facts)].tolist()
        return _by_key_alone(where) | {key.decode() for key in found}

    def forget(self, where: Where) -> int:
        """Forget rows, and the files of those that were uploaded.

        Files go first: who is interrupted finds the rows and forgets them again. Files of keys that
        are asked for by nothing else go also where there is no row: the gallery was pruned by
        others, or an addition was killed.

        Args:
            where: which; at least one condition.

        Returns:
            How many there were.

        Raises:
            DataError: the gallery cannot be written to.
        """
        facts = self._store.facts()
        paths = [Path(path) for path in facts.paths(np.flatnonzero(where.rows(facts)))]
        uploads = None if self._uploads is None else self._uploads.resolve()
        own = {folder for folder in {path.parent for path in paths} if folder.resolve() == uploads}
        for path in paths:
            if path.parent in own:
                path.unlink(missing_ok=True)
        if uploads is not None:
            for key in _by_key_alone(where):
                for path in uploads.glob(f"{key}*"):
                    if UPLOADED.fullmatch(path.name):
                        path.unlink(missing_ok=True)
        return self._store.forget(where)


def _by_key_alone(where: Where) -> frozenset[str]:
    """Return the keys that are asked for where nothing else is."""
    alone = replace(where, keys=()).everything
    return frozenset(key for key in where.keys if KEYS.fullmatch(key)) if alone else frozenset()
