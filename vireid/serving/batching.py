"""Pictures of several requests are embedded together: whoever comes while a batch is under way is
in the next one."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Protocol

from vireid.ranking import Gallery
from vireid.serving.pictures import Picture
from vireid.serving.refusal import again


class EmbedsPictures(Protocol):
    """Embeds pictures."""

    def __call__(self, pictures: Sequence[Picture]) -> Sequence[Gallery]:
        """Embed pictures.

        Args:
            pictures: N of them.

        Returns:
            One embedded image for each.
        """
        ...


Waiting = tuple[Picture, "Future[Gallery]"]


LINGER = 0.02
"""Seconds that a batch waits at most for pictures that are being decoded."""
ENDED = "the service embeds no more: it is ending, or has failed and has to be started anew"


class Batcher:
    """Embeds pictures in one thread, as many at once as are waiting.

    Args:
        embed: does it.
        most: pictures at once.
        told: called with the number of pictures of each batch.
    """

    def __init__(self, embed: EmbedsPictures, most: int, told: Callable[[int], None]) -> None:
        self._embed, self._most, self._told = embed, most, told
        self._waiting: deque[Waiting] = deque()
        self._change, self._ended, self._coming = threading.Condition(), False, 0
        self._thread = threading.Thread(target=self._work, name="vireid-embedding", daemon=True)
        self._thread.start()

    def submit(self, picture: Picture) -> "Future[Gallery]":
        """Let a picture be embedded.

        Args:
            picture: decoded.

        Returns:
            What comes of it; one that is cancelled before its batch begins is left out.

        Raises:
            Refused: 503, no more are embedded.
        """
        future: Future[Gallery] = Future()
        with self._change:  # nobody waits behind the end
            if self._ended:
                raise again(503, ENDED)
            self._waiting.append((picture, future))
            self._change.notify()
        return future

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Let a batch wait a moment for a picture that is being decoded.

        Yields:
            Nothing; the picture is handed over before the end.
        """
        with self._change:
            self._coming += 1
        try:
            yield
        finally:
            with self._change:
                self._coming -= 1
                self._change.notify()

    @property
    def alive(self) -> bool:
        """Whether the thread is at work."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Embed what is waiting, and end the thread."""
        with self._change:
            self._ended = True
            self._change.notify()
        self._thread.join()

    def _work(self) -> None:
        try:
            while batch := self._next():
                started = [one for one in batch if one[1].set_running_or_notify_cancel()]
                if started:
                    self._do(started)
                    self._told(len(started))
        finally:
            self._let_go()

    def _let_go(self) -> None:
        """Tell whoever still waits that nothing will come."""
        with self._change:
            self._ended = True
            for _, future in self._waiting:
                if future.set_running_or_notify_cancel():
                    future.set_exception(again(503, ENDED))
            self._waiting.clear()

    def _next(self) -> list[Waiting]:
        """Wait for a picture and return it with those behind it; nothing where none will come.

        Those that are being decoded are waited for too, as a batch costs little more than one.
        """
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._ended)
            self._change.wait_for(
                lambda: len(self._waiting) >= self._most or not self._coming or self._ended, LINGER
            )
            count = min(self._most, len(self._waiting))
            return [self._waiting.popleft() for _ in range(count)]

    def _do(self, batch: list[Waiting]) -> None:
        """Embed a batch; where that fails, each picture by itself, as only one may be to blame."""
        try:
            made = self._embed([picture for picture, _ in batch])
            pairs = list(zip(batch, made, strict=True))
        except Exception as error:  # whatever it is, it belongs to who waits
            if len(batch) > 1:
                for one in batch:
                    self._do([one])
            else:
                batch[0][1].set_exception(error)
            return
        except BaseException:
            for _, future in batch:
                future.set_exception(again(503, ENDED))
            raise
        for (_, future), gallery in pairs:
            future.set_result(gallery)
