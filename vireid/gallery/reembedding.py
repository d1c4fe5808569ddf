"""All rows of a store are embedded anew by another network, and replace the old ones at the end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from vireid.config.evaluation import CentreWord
from vireid.errors import ConfigError, DataError, number_of, some
from vireid.gallery.dumping import images_of
from vireid.gallery.erasing import delete, finish_erasing
from vireid.gallery.events import note
from vireid.gallery.facts import COLUMNS, Facts, facts_of
from vireid.gallery.head import Head, Made
from vireid.gallery.incoming import contents_of
from vireid.gallery.options import NOT_OWN, Embeds
from vireid.gallery.reading import read_columns
from vireid.gallery.same import made_by, with_levels_of
from vireid.gallery.schema import rows_schema, rows_table
from vireid.gallery.storage import Storage
from vireid.ranking import Gallery
from vireid.runs.leveling import LevelWords
from vireid.types import Images, Int


@dataclass(frozen=True)
class RenewOptions:
    """How rows are embedded anew."""

    levels: LevelWords = None
    """As for ``vireid.embed``."""
    centre: CentreWord = None
    """As for ``vireid.embed``, but never ``own``."""
    drop: bool = False
    """Leave out rows whose image is gone or another one, instead of refusing."""
    batch: int = 256
    """Images that are embedded at once."""

    def __post_init__(self) -> None:
        """Refuse what cannot be done."""
        if self.centre == "own":
            raise ConfigError(NOT_OWN)


AS_BEFORE = RenewOptions()
"""As the new run says."""


class Renewing:
    """A re-embedding on its way.

    Its rows lie in a table of their own, so that searches go on in the old ones; who begins again
    with the same network goes on with it.

    Args:
        storage: of the store.
        embedder: of the new network.
        options: how rows are embedded.
        who: for the audit log.
    """

    def __init__(
        self, storage: Storage, embedder: Embeds, options: RenewOptions, who: str = ""
    ) -> None:
        self.storage, self.embedder, self.options, self.who = storage, embedder, options, who
        self.lost: dict[int, str] = {}
        """Why rows cannot be renewed, by their opaque numbers."""

    def run(self) -> Iterator[tuple[int, int]]:
        """Renew all rows.

        Yields:
            How many rows are renewed, or known to be lost, and how many there are.

        Raises:
            ConfigError: the run would centre the images by their own means.
            DataError: images are gone, and it is not said that they may be left out; or the store
                cannot be written to. What is renewed stays.
        """
        checked = False
        while True:
            head, facts = self._looked()
            images = self.embedder.with_levels(images_of(facts, None), self.options.levels)
            left = self._left(head, facts)
            if not checked and not left.size:
                left = np.arange(min(1, len(facts)))  # one row tells which network this is
            while left.size:
                yield len(facts) - len(left), len(facts)
                rows, left = np.split(left, [self.options.batch])
                self._batch(facts.subset(rows), images.subset(rows))
                if not checked:
                    checked, left = True, self._left(self.storage.head(), facts)
            if self._ended(len(facts)):
                yield len(facts), len(facts)
                return

    def _looked(self) -> tuple[Head, Facts]:
        """Return what the store says, and what is known of its rows."""
        head = self.storage.head()
        if head.made.size is None:
            raise DataError(f"{self.storage.place} holds no rows; add some first")
        return head, facts_of(read_columns(self.storage, head.made.table, COLUMNS))

    def _left(self, head: Head, facts: Facts) -> Int:
        """Return which rows are neither renewed nor lost."""
        done = np.isin(facts.id, list(self.lost))
        if head.renewing is not None and head.renewing.table in self.storage.names():
            renewed = (
                read_columns(self.storage, head.renewing.table, ("id",)).column("id").to_numpy()
            )
            done |= np.isin(facts.id, renewed)
        return np.flatnonzero(~done)

    def _batch(self, facts: Facts, images: Images) -> None:
        """Embed some rows and write them to the new table."""
        sound = self._sound(facts, images)
        if not sound.size:
            return
        facts, images = facts.subset(sound), images.subset(sound)
        gallery, problems = self.embedder.embed_readable(images, centre=self.options.centre)
        if gallery.statistics is not None and gallery.statistics.of == "own":
            raise ConfigError(NOT_OWN)
        there = {path: row for row, path in enumerate(images.paths)}
        read = np.array([there[path] for path in gallery.images.paths], dtype=np.int64)
        unread = np.setdiff1d(np.arange(len(facts)), read)
        self.lost.update(zip(facts.id[unread].tolist(), problems, strict=True))
        if not len(read):
            return
        with self.storage.writing():
            made = self._begun(finish_erasing(self.storage, self.storage.head()), gallery)
            self.storage.append(made.table, renewed_table(facts.subset(read), gallery))

    def _sound(self, facts: Facts, images: Images) -> Int:
        """Return which rows' images are there and still hold what they held."""
        rows = np.arange(len(facts))
        kept = facts.contents(rows)
        for row, (old, new) in enumerate(zip(kept, contents_of(images), strict=True)):
            path = images.root / images.paths[row]
            if not new:
                self.lost[int(facts.id[row])] = f"{path} is gone"
            elif old and old != new:
                self.lost[int(facts.id[row])] = f"{path} holds something else than when it came in"
        return rows[~np.isin(facts.id, list(self.lost))]

    def _begun(self, head: Head, gallery: Gallery) -> Made:
        """Return where new rows go: a table is made for the first ones of a network."""
        if gallery.network == head.made.network:
            raise ConfigError(
                f"the store's rows are of that network already, {head.made.words()}; name another "
                "run or stage"
            )
        old = head.renewing
        if old is not None and old.network == gallery.network and old.table in self.storage.names():
            learnt = with_levels_of(old, gallery)
            if learnt != old:
                self.storage.save_head(replace(head, renewing=learnt))
            return learnt
        made = made_by(gallery, next_table(self.storage.names()))
        if old is not None:
            self.storage.drop(old.table)
        assert made.size is not None
        self.storage.create(made.table, rows_schema(made.size).empty_table())
        self.storage.save_head(replace(head, renewing=made))
        return made

    def _ended(self, seen: int) -> bool:
        """Put the new rows in the place of the old ones, if nothing is missing any more."""
        if self.lost and not self.options.drop:
            raise DataError(
                f"{len(self.lost)} of {number_of(seen, 'row')} cannot be renewed: "
                f"{some(list(self.lost.values()), '; ')}; put the images back, forget these rows, "
                "or leave them out (--drop; Python: drop=True)"
            )
        with self.storage.writing():
            head, facts = self._looked()
            new = head.renewing
            if new is None or new.table not in self.storage.names():
                raise DataError(f"none of {number_of(seen, 'row')} could be renewed")
            if self._left(head, facts).size:
                return False
            numbers = read_columns(self.storage, new.table, ("id",)).column("id").to_numpy()
            delete(self.storage, new.table, np.setdiff1d(numbers, facts.id))
            head = replace(head, made=new, renewing=None, erasing=True)
            self.storage.save_head(head)  # from here on, the new rows are those of the store
            note(self.storage, "reembed", len(numbers), self.who)
            finish_erasing(self.storage, head)
            return True


def next_table(names: list[str]) -> str:
    """Return the name of a table of rows that is not there yet.

    Args:
        names: of the tables that are there.

    Returns:
        The name.

    >>> next_table(["about", "rows", "rows-2"])
    'rows-3'
    """
    number = 2
    while f"rows-{number}" in names:
        number += 1
    return f"rows-{number}"


def renewed_table(facts: Facts, gallery: Gallery) -> object:
    """Return rows with new embeddings; all else is as it was.

    Args:
        facts: of N rows.
        gallery: their images, embedded anew.

    Returns:
        N rows, as an arrow table.
    """
    vectors, count = gallery.embeddings.vectors, len(facts)
    rows = np.arange(count)
    columns = {
        "id": facts.id,
        "key": [key.decode() for key in facts.key.tolist()],
        "vector": vectors,
        "modality": facts.modality.astype(np.int8),
        "camera": [facts.cameras[code] for code in facts.camera.tolist()],
        "time": facts.time,
        "track": [facts.tracks[code] for code in facts.track.tolist()],
        "path": facts.paths(rows),
        "content": facts.contents(rows),
        "network": [gallery.network] * count,
        "added": facts.added,
        "expires": facts.expires,
    }
    return rows_table(columns, vectors.shape[1])
