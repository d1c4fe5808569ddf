"""What the service does, without HTTP: search, add, forget, judge and show."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from vireid.gallery import Found, Where, Wish
from vireid.ranking import Gallery, Judgement, MatchRates
from vireid.ranking.judgement import now
from vireid.serving.basis import Basis
from vireid.serving.batching import Batcher
from vireid.serving.embedding import Embedding
from vireid.serving.expected import Answer, answered
from vireid.serving.judging import KeepsJudgements, Marked
from vireid.serving.measures import Measures
from vireid.serving.pictures import Picture, Sent, decoded
from vireid.serving.queries import Said, arriving, check_camera, embedded
from vireid.serving.reading import Reader
from vireid.serving.refusal import Refused
from vireid.serving.settings import Limits, Places
from vireid.serving.stored import KEY, Stores, Writer
from vireid.serving.telling import Telling
from vireid.serving.threads import inside
from vireid.serving.thumbnails import GONE, thumbnail
from vireid.types import Levels, Modality

DECODERS = 4
"""Threads that decode images."""


class Service:
    """Searches and changes a gallery for many callers at once.

    Args:
        stores: the gallery.
        embedding: the network that made it.
        places: files that may be touched.
        limits: what requests may ask for.
        judgements: where marks of results are kept.
        rates: how often the network's comparisons err; None where unknown.
    """

    def __init__(
        self,
        stores: Stores,
        embedding: Embedding,
        places: Places,
        limits: Limits,
        judgements: KeepsJudgements,
        rates: MatchRates | None = None,
    ) -> None:
        self.places, self.limits, self.measures = places, limits, Measures()
        self._reader, self._writer = Reader(stores.reading), Writer(stores.writing, places.uploads)
        self._embedding, self._judgements, self._rates = embedding, judgements, rates
        self._closed = False
        self.log, self._roots = Telling(places.audit), places.shown
        self._reading = ThreadPoolExecutor(1, "vireid-reading")
        self._writing = ThreadPoolExecutor(1, "vireid-writing")
        self._decoding = ThreadPoolExecutor(DECODERS, "vireid-decoding")
        self._batcher = Batcher(self._embed, limits.batch, self.measures.batches.observe)
        self.measures.rows.set_function(lambda: self.basis.rows)

    @property
    def basis(self) -> Basis:
        """What is known of the gallery since it was looked at last."""
        return self._reader.basis

    @property
    def alive(self) -> bool:
        """Whether pictures are embedded still."""
        return self._batcher.alive

    async def look(self) -> Basis:
        """Return what is known of the gallery now."""
        await inside(self._reading, self._reader.look)
        return self.basis

    async def search_image(self, sent: Sent, wish: Wish) -> Answer:
        """Search by an image.

        Args:
            sent: the file and what is said of it.
            wish: how it is done.

        Returns:
            What was found.

        Raises:
            Refused: 422, it is no image that can be searched by.
        """
        check_camera(sent, self.basis)
        picture, query = await self._embedded(sent)

        def search() -> Answer:
            found = self._reader.search(query, wish)
            return self._answer(picture.content[:KEY], sent.modality, found, wish)

        return await inside(self._reading, search)

    async def search_row(self, key: str | None, track: str | None, wish: Wish) -> Answer:
        """Search by a row or by all rows of a track.

        Args:
            key: of the row.
            track: the name of the track.
            wish: how it is done.

        Returns:
            What was found.

        Raises:
            Refused: 404, there is none.
        """

        def search() -> Answer:
            found = self._reader.search_row(key, track, wish)
            return self._answer(key, self._reader.modality(key) if key else None, found, wish)

        return await inside(self._reading, search)

    async def add(self, sent: Sent, said: Said) -> tuple[str, bool]:
        """Add an image.

        Args:
            sent: the file and what is said of it.
            said: what else is known of it.

        Returns:
            Its key, and whether it is new.

        Raises:
            Refused: 422, it is no image that can be added; 409, there is no place for its file.
        """
        folder = self.places.uploads
        if folder is None:
            raise Refused(409, "this service takes no images; start it with --uploads FOLDER")
        picture, query = await self._embedded(sent)
        gallery = arriving(query, picture, said, folder)
        done = await inside(self._writing, lambda: self._writer.add(gallery, sent.data))
        await self.look()
        return picture.content[:KEY], done.added > 0

    async def forget(self, where: Where) -> int:
        """Forget rows, their uploaded files, and their keys among the judgements.

        Args:
            where: which; at least one condition.

        Returns:
            How many there were.
        """

        def forget() -> int:
            self._judgements.forget(self._writer.keys(where))  # first: rows that stay lead to them
            return self._writer.forget(where)

        gone = await inside(self._writing, forget)
        await self.look()
        return gone

    async def judge(self, marked: Marked) -> None:
        """Keep what a person says of a result.

        Args:
            marked: of a row of the gallery.

        Raises:
            Refused: 404, there is no such row.
        """
        modality = await inside(self._reading, lambda: self._reader.modality(marked.result))
        if modality is None:
            raise Refused(404, "the gallery has no such result; it may be forgotten")
        judgement = Judgement(
            **asdict(marked),
            modality="infrared" if modality else "visible",
            when=now(),
            network=self.basis.network or "",
        )
        await inside(self._writing, lambda: self._judgements.keep(judgement))

    async def judgements(self) -> tuple[Judgement, ...]:
        """Return the judgements that hold."""
        return await inside(self._writing, self._judgements.all)

    async def thumbnail(self, key: str) -> bytes:
        """Return a small picture of a row's image, a JPEG file.

        Args:
            key: of the row.

        Returns:
            The file.

        Raises:
            Refused: 404, there is none that may be shown; 422, it cannot be.
        """
        place = await inside(self._reading, lambda: self._reader.place(key))
        if place is None:
            raise Refused(404, GONE)
        path, span, pixels = place.path, place.span, self.limits.pixels
        return await inside(self._decoding, lambda: thumbnail(path, self._roots, pixels, span))

    def close(self) -> None:
        """Finish what is under way; a service that is closed stays so."""
        if self._closed:
            return
        self._closed = True
        self._decoding.shutdown()
        self._batcher.close()
        self._writing.shutdown()
        self._reading.shutdown()
        self.log.close()

    async def _embedded(self, sent: Sent) -> tuple[Picture, Gallery]:
        with self._batcher.coming():
            picture = await self._decoded(sent)
            query = self._batcher.submit(picture)
        return picture, await asyncio.wrap_future(query)

    async def _decoded(self, sent: Sent) -> Picture:
        first = self.basis.network is None
        levels = (self._embedding.levels or Levels()) if first else self.basis.levels
        size, most = self._embedding.size, self.limits.pixels
        return await inside(self._decoding, lambda: decoded(sent, size, levels, most))

    def _answer(
        self, query: str | None, modality: Modality | None, found: list[Found], wish: Wish
    ) -> Answer:
        searched = None if self._rates is None else self._reader.searched(wish.where, query)
        return answered(self._rates, self.basis.network, (query, modality), found, searched)

    def _embed(self, pictures: Sequence[Picture]) -> Sequence[Gallery]:
        """Embed pictures as the gallery's are now; in the thread of the batcher."""
        self._reading.submit(self._reader.look).result()
        return embedded(pictures, self._embedding, self.basis)
