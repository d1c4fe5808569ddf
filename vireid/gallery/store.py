"""A store of embedded images: what can be done with it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from vireid.gallery.adding import Added, Adding
from vireid.gallery.asking import embed_query
from vireid.gallery.dumping import dump
from vireid.gallery.events import Event, events, note
from vireid.gallery.facts import Facts
from vireid.gallery.forgetting import forget_rows
from vireid.gallery.found import Found
from vireid.gallery.head import Head, IndexFacts
from vireid.gallery.held import Held, Rows
from vireid.gallery.info import Info, info_of
from vireid.gallery.known import Known
from vireid.gallery.options import DEFAULT, AddOptions, Embeds
from vireid.gallery.queries import asked_rows, vectors_at
from vireid.gallery.reembedding import AS_BEFORE, Renewing, RenewOptions
from vireid.gallery.reindexing import renew_index
from vireid.gallery.same import check_same
from vireid.gallery.searching import one_vector, search_rows
from vireid.gallery.sources import additions
from vireid.gallery.storage import Storage
from vireid.gallery.watching import watch_folder
from vireid.gallery.where import Where
from vireid.gallery.wishes import USUAL, Wish
from vireid.observers import Progress, silent
from vireid.ranking import Gallery
from vireid.types import Images


class Store:
    """A store of embedded images that grows and forgets; of ``open_gallery``.

    What a verb has shown as done is kept whatever happens. Every verb may raise a ``DataError``
    where the store cannot be read or written to.

    Args:
        storage: where it lies.
        who: who does what is done by this object, for the audit log.
    """

    def __init__(self, storage: Storage, who: str = "") -> None:
        self._storage, self._who, self._known = storage, who, Known(storage)
        self._held = Held(storage, self._known)

    @property
    def place(self) -> str:
        """Where the store lies."""
        return self._storage.place

    def __len__(self) -> int:
        return len(self.facts())

    def head(self) -> Head:
        """Return what the store says of itself: its network, levels, statistics and index."""
        return self._storage.head()

    def unknown(self, where: Where) -> list[str]:
        """Return which names in a condition no row has, such as misspelt ones, a line for each.

        Args:
            where: the condition.
        """
        return where.unknown(self._known.now().every)

    def facts(self) -> Facts:
        """Return what is known of the rows as they are now, but for their vectors."""
        return self._known.now().facts

    def rows(self) -> Rows:
        """Return the rows as they are now: facts and vectors."""
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

        Those whose content is there already are left out: what was killed goes on when begun again.

        Args:
            source: embeddings (a ``Gallery``, an npz or Parquet file) or images (``Images``, a data
                set, a plain folder, an image, a manifest).
            embedder: embeds images (``runs.embedder.Embedder``); None for embeddings.
            options: what the images show, how they are embedded, and when they expire.
            progress: shows how many are done, which are acknowledged.

        Returns:
            How many are new, how many were there, and which could not be read.

        Raises:
            DataError: the embeddings do not fit the store.
            ConfigError: images are given without an embedder, or options that do not apply.
        """
        adding, done = Adding(self._storage, self._known, options.terms, self._who), Added()
        with progress("adding") as tell:
            for total, part in additions(source, embedder, options, adding):
                done = done.plus(part)
                tell(done.added + done.present + len(done.unreadable), total)
        return done

    def watch(
        self, folder: Path | str, embedder: Embeds, options: AddOptions = DEFAULT, every: float = 2
    ) -> Iterator[Added]:
        """Add images as they arrive in a folder, until the caller stops.

        One that cannot be read, or was forgotten, is looked at again only when its file changes.

        Args:
            folder: that is looked into, with all below it.
            embedder: as for ``add``.
            options: as for ``add``; where no modality is said, a path's first folder tells it.
            every: seconds between two looks.

        Returns:
            What each batch has added; nothing where a look finds nothing new.
        """
        adding = Adding(self._storage, self._known, options.terms, self._who)
        return watch_folder(Path(folder), embedder, options, adding, every)

    def embed_query(
        self, images: Images, embedder: Embeds, levels: Sequence[str] | None = None
    ) -> Gallery:
        """Embed images to search by, scaled and centred as those of the store.

        Args:
            images: M images; those that the store holds need not say their camera.
            embedder: of the store's network.
            levels: words of ``--levels``; the store's where not given.

        Raises:
            ConfigError: a camera has to be named, or is unknown.
        """
        return embed_query(self._known.now(), images, embedder, levels)

    def search(
        self,
        query: Gallery | None = None,
        *,
        key: str | None = None,
        track: str | None = None,
        wish: Wish = USUAL,
        itself: bool = False,
    ) -> list[Found]:
        """Search for one person: by images, by a row of the store, or by a track.

        Args:
            query: M embedded images of that person, whose mean is searched by.
            key: of a row of the store.
            track: of the store, whose mean is searched by.
            wish: how many results, among which rows, by image or by track, and re-ranking.
            itself: whether the rows that are the query may be found; else they are left out.

        Returns:
            The results, best first.

        Raises:
            VireidError: not one of the three is given, it is not there, or does not fit.
        """
        own = asked_rows(rows := self._held.now(), query, key, track)
        if query is not None:
            check_same(rows.head.made, rows.cameras, query)
        vectors = vectors_at(self._storage, rows, own) if query is None else query.vectors
        vector, own = one_vector(vectors), own[:0] if itself else own
        return search_rows(self._storage, vector[None], rows, own, wish)[0]

    def search_each(self, queries: Gallery, wish: Wish = USUAL) -> list[list[Found]]:
        """Search by each of several images, all of them at once, and return the results of each.

        Args:
            queries: Q embedded images; nothing is left out as their own.
            wish: as for ``search``.
        """
        rows = self._held.now()
        check_same(rows.head.made, rows.cameras, queries)
        vectors, own = queries.embeddings.vectors, np.empty(0, np.int64)
        return search_rows(self._storage, vectors, rows, own, wish)

    def forget(self, where: Where) -> int:
        """Delete rows, and everything of them in the files; return how many they were.

        Args:
            where: which; at least one condition.
        """
        return forget_rows(self._storage, self._known, where, self._who)

    def prune(self) -> int:
        """Delete rows that have expired, as ``forget`` does, and return how many they were."""
        return forget_rows(self._storage, self._known, None, self._who)

    def index(self) -> IndexFacts | None:
        """Make the index anew; return what was measured of it, None for too few rows."""
        return renew_index(self._storage, self._who)

    def reembed(
        self, embedder: Embeds, options: RenewOptions = AS_BEFORE, progress: Progress = silent
    ) -> int:
        """Embed all images anew by another network, and return how many rows were left out.

        Searches go on in the old rows meanwhile. One that was interrupted goes on when it is begun
        again with the same network.

        Args:
            embedder: of the new network.
            options: levels, what is taken off, and what becomes of rows whose image is gone.
            progress: shows how many rows are renewed.

        Raises:
            VireidError: images are gone, or the rows are of that network already.
        """
        renewing = Renewing(self._storage, embedder, options, self._who)
        with progress("embedding anew") as tell:
            for done, total in renewing.run():
                tell(done, total)
        return len(renewing.lost)

    def info(self) -> Info:
        """Count what is in the store: rows by modality, camera and day, its size and versions."""
        return info_of(self._storage, self._known.now())

    def dump(self, path: Path | str) -> int:
        """Write the rows that have not expired to a file and return how many they were.

        Args:
            path: of an npz file, as ``load_gallery`` reads it, or of a Parquet file, which has all.
        """
        return dump(self._storage, self._storage.head().made, Path(path))

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
