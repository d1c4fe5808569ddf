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
from vireid.gallery.levelling import levelled
from vireid.gallery.options import NOT_OWN, Embeds
from vireid.gallery.reading import read_columns, read_rows
from vireid.gallery.renewed import renewed_table
from vireid.gallery.same import check_going_on, made_by, with_levels_of
from vireid.gallery.schema import rows_schema
from vireid.gallery.storage import Storage
from vireid.gallery.table_names import next_table
from vireid.ranking import Gallery
from vireid.runs.leveling import LevelWords
from vireid.types import Bool, Images, Int


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
        if self.batch < 1:
            raise ConfigError(f"batch is {self.batch}; expected at least 1")
        if self.centre == "own":
            raise ConfigError(NOT_OWN)


TAKEN = (
    "a re-embedding by another network has taken the place of this one; begin again once it is done"
)
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
        self._table: str | None = None
        """Where this one writes, once it has written."""
        self._network: str | None = None
        """Fingerprint of the new network, once a row is embedded."""

    def run(self) -> Iterator[tuple[int, int]]:
        """Renew all rows.

        Yields:
            How many rows are renewed, or known to be lost, and how many there are.

        Raises:
            ConfigError: the run would centre the images by their own means.
            DataError: images are gone, and it is not said that they may be left out; or the store
                cannot be written to. What is renewed stays.
        """
        while True:
            head, facts = self._looked()
            if self._network is None and head.renewing is not None:
                self._learn(head.renewing, facts)
            going = head.renewing if self._goes_on(head) else None
            kept = None if going is None else going.levels_value()
            images = levelled(images_of(facts, None), self.embedder, kept, self.options.levels)
            left = self._left(head, facts)
            while left.size:
                yield len(facts) - len(left), len(facts)
                rows, left = np.split(left, [self.options.batch])
                self._batch(facts.subset(rows), images.subset(rows))
            if self._ended(len(facts)):
                yield len(facts), len(facts)
                return

    def _looked(self) -> tuple[Head, Facts]:
        """Return what the store says, and what is known of its rows."""
        head = self.storage.head()
        facts = Facts.none()
        if head.made.size is not None:
            facts = facts_of(read_columns(self.storage, head.made.table, COLUMNS))
        if not len(facts):
            raise DataError(f"{self.storage.place} holds no rows; add some first")
        return head, facts

    def _learn(self, renewing: Made, facts: Facts) -> None:
        """Find out by the first image that can be read which network this is."""
        images = images_of(facts, renewing.levels_value())
        for row in range(len(facts)):
            one = np.array([row])
            if self._embedded(facts.subset(one), images.subset(one)) is not None:
                return

    def _goes_on(self, head: Head) -> bool:
        """Tell whether the re-embedding that is under way is one by this network."""
        made = head.renewing
        return (
            made is not None
            and made.network == self._network
            and made.table in self.storage.names()
        )

    def _left(self, head: Head, facts: Facts) -> Int:
        """Return which rows are neither renewed nor lost."""
        done = np.isin(facts.id, list(self.lost))
        if head.renewing is not None and self._goes_on(head):
            done |= np.isin(facts.id, self._numbers(head.renewing.table))
        return np.flatnonzero(~done)

    def _numbers(self, table: str) -> Int:
        numbers: Int = read_columns(self.storage, table, ("id",)).column("id").to_numpy()
        return numbers

    def _batch(self, facts: Facts, images: Images) -> None:
        """Embed some rows and write them to the new table."""
        found = self._embedded(facts, images)
        if found is None:
            return
        facts, gallery = found
        with self.storage.writing():
            head = finish_erasing(self.storage, self.storage.head())
            if head.made.size is None:  # all rows were forgotten meanwhile
                return
            made = self._begun(head, gallery)
            self._table = made.table
            left = self._among(head.made.table, facts) & ~self._among(made.table, facts)
            if left.any():
                rows = np.flatnonzero(left)
                table = renewed_table(facts.subset(rows), gallery.subset(rows))
                self.storage.append(made.table, table)

    def _among(self, table: str, facts: Facts) -> Bool:
        """Return which rows a table has now: others may have forgotten or renewed some."""
        read = read_rows(self.storage, table, ("id",), facts.id)
        return np.isin(facts.id, read.column("id").to_numpy())

    def _embedded(self, facts: Facts, images: Images) -> tuple[Facts, Gallery] | None:
        """Embed rows whose image is there and can be read; None where there are none."""
        sound = self._sound(facts, images)
        if not sound.size:
            return None
        facts, images = facts.subset(sound), images.subset(sound)
        gallery, kept, problems = self.embedder.embed_readable(images, centre=self.options.centre)
        if gallery.statistics is not None and gallery.statistics.of == "own":
            raise ConfigError(NOT_OWN)
        unread = np.setdiff1d(np.arange(len(facts)), kept)
        self.lost.update(zip(facts.id[unread].tolist(), problems, strict=True))
        if not len(kept):
            return None
        self._network = gallery.network
        return facts.subset(kept), gallery

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
        if self._table is not None and (old is None or old.table != self._table):
            raise DataError(TAKEN)
        if old is not None and old.network == gallery.network and old.table in self.storage.names():
            check_going_on(old, gallery)
            learnt = with_levels_of(old, gallery)
            if learnt != old:
                self.storage.save_head(replace(head, renewing=learnt))
            return learnt
        made = made_by(gallery, next_table(self.storage.names(), head))
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
            if self._network is None:
                raise DataError(f"none of {number_of(seen, 'row')} could be renewed")
            if new is None or not self._goes_on(head):
                raise DataError(TAKEN)
            if self._left(head, facts).size:
                return False
            numbers = self._numbers(new.table)
            delete(self.storage, new.table, np.setdiff1d(numbers, facts.id))
            head = replace(head, made=new, renewing=None, erasing=True)
            self.storage.save_head(head)  # from here on, the new rows are those of the store
            note(self.storage, "reembed", len(numbers), self.who)
            finish_erasing(self.storage, head)
            return True
