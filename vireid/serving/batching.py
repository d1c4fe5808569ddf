"""Pictures of several requests are embedded together: whoever comes while a batch is under way is
in the next one."""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
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
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._lock, self._ended = threading.Lock(), False
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
        with self._lock:  # nobody waits behind the end
            if self._ended:
                raise again(503, ENDED)
            self._waiting.put((picture, future))
        return future

    @property
    def alive(self) -> bool:
        """Whether the thread is at work."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Embed what is waiting, and end the thread."""
        with self._lock:
            self._ended = True
            self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        last = False
        try:
            while not last:
                batch, last = self._next()
                started = [one for one in batch if one[1].set_running_or_notify_cancel()]
                if started:
                    self._do(started)
                    self._told(len(started))
        finally:
            self._let_go()

    def _let_go(self) -> None:
        """Tell whoever still waits that nothing will come."""
        with self._lock:
            self._ended = True
            while not self._waiting.empty():
                one = self._waiting.get()
                if one is not None and one[1].set_running_or_notify_cancel():
                    one[1].set_exception(again(503, ENDED))

    def _next(self) -> tuple[list[Waiting], bool]:
        """Wait for a picture and return it with those behind it; tell whether no more will come."""
        batch: list[Waiting] = []
        while len(batch) < self._most:
            try:
                one = self._waiting.get(block=not batch)
            except queue.Empty:
                break
            if one is None:
                return batch, True
            batch.append(one)
        return batch, False

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
