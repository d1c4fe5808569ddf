"""The body of a request: not more than so many bytes, and not slower than so."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException

from vireid.serving.refusal import Refused

OTHERS = 4_096
"""Bytes of a body that is no image: a mark has less."""
LONGEST = {"/api/forget": 500_000}
"""Of other places; 10,000 keys have 200,000."""
IMAGES = frozenset({"/api/search/image", "/api/images"})
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]


def declared(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """Return how long a body says that it is.

    Args:
        headers: of the request.

    Returns:
        Bytes; None where it does not say it.

    Raises:
        Refused: 400, it says nonsense.
    """
    for name, value in headers:
        if name == b"content-length":
            if not value.isdigit():
                raise Refused(400, "Content-Length is no number; expected the bytes of the body")
            return int(value)
    return None


def longest(path: str, image: int) -> int:
    """Return how long the body of a request may be.

    JSON takes a hundred times its length while it is read, and nothing else is done meanwhile.

    Args:
        path: of the request.
        image: bytes that an image may have.

    Returns:
        Bytes.
    """
    return image if path in IMAGES else min(image, LONGEST.get(path, OTHERS))


class Body:
    """Receives the body of a request; an ASGI ``receive``.

    Args:
        receive: of the server.
        most: bytes.
        seconds: from now until all of it is there.
    """

    def __init__(self, receive: Receive, most: int, seconds: float) -> None:
        self._receive, self._most, self._came = receive, most, 0
        self._until = asyncio.get_running_loop().time() + seconds
        self._done = False

    async def __call__(self) -> Message:
        """Return the next part."""
        if self._done:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, "the body came too slowly; send it at once") from None
        self._came += len(message.get("body", b""))
        if self._came > self._most:
            raise HTTPException(413, too_long(self._most))
        self._done = not message.get("more_body", False)
        return message


def too_long(most: int) -> str:
    """Return why a body is refused.

    Args:
        most: bytes.

    Returns:
        One line.
    """
    return f"the request is longer than {most:,} bytes; send a shorter one"
