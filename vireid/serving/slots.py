"""How many requests are under way, of all and of each client."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from vireid.serving.refusal import again


class Slots:
    """Counts requests that are under way; used by one thread.

    Args:
        most: of all clients.
        each: of one client.
    """

    def __init__(self, most: int, each: int) -> None:
        self._most, self._each = most, each
        self._taken: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """How many are under way."""
        return self._taken.total()

    @contextmanager
    def one(self, client: str) -> Iterator[None]:
        """Take a slot while a request is under way.

        Args:
            client: who asks.

        Yields:
            Nothing.

        Raises:
            Refused: 429 or 503, with Retry-After.
        """
        if self._taken[client] >= self._each:
            raise again(429, f"{self._each} requests of yours are under way; try again")
        if self.taken >= self._most:
            raise again(503, f"{self._most} requests are under way; try again")
        self._taken[client] += 1
        try:
            yield
        finally:
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]
