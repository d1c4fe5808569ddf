"""A store of embedded images: what can be done with it."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from vireid.errors import ConfigError
from vireid.gallery.adding import Added, Adding
from vireid.gallery.erasing import erase, finish_erasing
from vireid.gallery.events import Event, events, note
from vireid.gallery.facts import COLUMNS, Facts, facts_of
from vireid.gallery.found import Found
from vireid.gallery.head import Head
from vireid.gallery.held import Held, Rows
from vireid.gallery.options import DEFAULT, AddOptions, Embeds
from vireid.gallery.queries import own_rows, rows_of, vectors_at
from vireid.gallery.same import check_same
from vireid.gallery.searching import USUAL, Wish, one_vector, search_rows
from vireid.gallery.sources import additions
from vireid.gallery.storage import Storage
from vireid.gallery.where import Where
from vireid.observers import Progress, silent
from vireid.ranking import Gallery
from vireid.types import Bool, Images


class Store:
    """A store of embedded images that grows and forgets; of ``open_gallery``.

    Args:
        storage: where it lies.
        who: who does what is done by this object, for the audit log.
    """

    def __init__(self, storage: Storage, who: str = "") -> None:
        self._storage, self._who = storage, who
        self._held = Held(storage)

    @property
    def place(self) -> str:
        """Where the store lies."""
        return self._storage.place

    def head(self) -> Head:
        """Return what the store says of itself: its network, levels, statistics and index."""
        return self._storage.head()

    def __len__(self) -> int:
        return len(self._held.now().facts)

    def rows(self) -> Rows:
        """Return the rows as they are now: what is known of them, and their vectors."""
        return self._held.now()

    def add(
        self,
        source: Gallery | Images | Path | str,
        embedder: Embeds | None = None,
        *,
        options: AddOptions = DEFAULT,
        progress: Progress = silent,
    ) -> Added:
        """Add embedded images, or images that are embedded on the way.

        Those whose content is in the store already are left out, so that an addition that was
        killed goes on when it is begun again.

        Args:
            source: embeddings (a ``Gallery``, an npz file of ``vireid embed``, a Parquet file) or
                images (``Images``, a data set, a plain folder, an image, a manifest).
            embedder: embeds images; not needed for embeddings.
            options: what the images show, how they are embedded, and when they expire.
            progress: shows how many are done; what is shown as done is acknowledged, that is, part
                of the store whatever happens to this process.

        Returns:
            How many are new, how many were there, and which could not be read.

        Raises:
            DataError: the embeddings do not fit the store, or it cannot be written to; what was
                acknowledged stays.
            ConfigError: images are given without an embedder, or options that do not apply.
        """
        adding = Adding(self._storage, options.terms, self._who)
        done = Added()
        with progress("adding") as tell:
            for total, part in additions(source, embedder, options, adding):
                done = done.plus(part)
                tell(done.added + done.present + len(done.unreadable), total)
        return done

    def search(
        self,
        query: Gallery | None = None,
        *,
        key: str | None = None,
        track: str | None = None,
        wish: Wish = USUAL,
        itself: bool = False,
    ) -> list[Found]:
        """Search for one person.

        Args:
            query: M embedded images of that person, whose mean is searched by.
            key: of a row of the store to search by.
            track: of the store, by whose images the search is.
            wish: how many results, among which rows, by image or by track, and re-ranking.
            itself: whether the rows that are the query may be found; else they are left out.

        Returns:
            At most ``wish.top`` results, best first.

        Raises:
            ConfigError: not one of query, key and track is given.
            DataError: the query does not fit the store, or there is no such key or track.
        """
        if sum(one is not None for one in (query, key, track)) != 1:
            raise ConfigError("give one of query, key and track to search by")
        rows = self._held.now()
        if query is None:
            own = rows_of(rows.facts, key, track)
            vectors = vectors_at(self._storage, rows, own)
        else:
            check_same(rows.head.made, rows.facts, query)
            own = own_rows(rows.facts, query.images)
            vectors = query.embeddings.vectors
        vector = one_vector(vectors)
        return search_rows(vector, rows, own[:0] if itself else own, wish)

    def search_each(self, queries: Gallery, wish: Wish = USUAL) -> list[list[Found]]:
        """Search by each of several images, all of them at once.

        Args:
            queries: Q embedded images; nothing is left out as their own.
            wish: as for ``search``.

        Returns:
            The results of each.

        Raises:
            DataError: the queries do not fit the store.
        """
        rows = self._held.now()
        check_same(rows.head.made, rows.facts, queries)
        none = np.empty(0, np.int64)
        return [search_rows(one, rows, none, wish) for one in queries.embeddings.vectors]

    def forget(self, where: Where) -> int:
        """Delete rows, and everything of them in the files of the store.

        Args:
            where: which; at least one condition.

        Returns:
            How many they were.

        Raises:
            ConfigError: there is no condition.
            DataError: the store cannot be written to.
        """
        if where.everything:
            raise ConfigError(
                "nothing says what is to be forgotten; expected a key, path, track, "
                "camera, modality or time"
            )
        return self._erased(lambda facts: where.rows(facts), "forget")

    def prune(self) -> int:
        """Delete rows that have expired, as ``forget`` does, and join small files.

        Returns:
            How many they were.

        Raises:
            DataError: the store cannot be written to.
        """
        return self._erased(lambda facts: ~facts.alive(time.time()), "prune")

    def events(self) -> list[Event]:
        """Return the audit log, oldest first."""
        return events(self._storage)

    def note(self, what: str, rows: int = 0) -> None:
        """Add a line to the audit log.

        Args:
            what: a word, such as ``search``; nothing that tells which rows.
            rows: how many it concerned.
        """
        note(self._storage, what, rows, self._who)

    def _erased(self, meant: Callable[[Facts], Bool], what: str) -> int:
        with self._storage.writing():
            head = finish_erasing(self._storage, self._storage.head())
            if head.made.size is None:
                return 0
            facts = facts_of(self._storage.read(head.made.table, COLUMNS))
            numbers = facts.id[np.flatnonzero(meant(facts))]
            if len(numbers):
                erase(self._storage, head, numbers, what, self._who)
            return len(numbers)
