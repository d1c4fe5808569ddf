"""A server on an address of this machine: slow clients are sent away, signals end it in order."""

import asyncio
import logging
import signal
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from vireid.errors import DataError
from vireid.serving.door import Door
from vireid.serving.settings import Limits, Listening

_log = logging.getLogger(__name__)
IDLE = 5
"""Seconds after which a connection without a request is closed."""
GRACE = 30
"""Seconds that requests under way have for their end after a signal."""


class Timed(H11Protocol):
    """A protocol that closes connections whose request does not arrive.

    Uvicorn waits for the head of a request for ever. Here it has some seconds from the connection,
    or from the first byte of a further request.
    """

    seconds: float
    waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Wait for the first request.

        Args:
            transport: of the connection.
        """
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on, unless a request is complete.

        Args:
            data: that came.
        """
        super().data_received(data)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more.

        Args:
            exc: why the connection is lost, if not by its end.
        """
        self._enough()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._at_work:
            self._enough()
        elif self.waiting is None:
            self.waiting = self.loop.call_later(self.seconds, self._too_slow)

    def _enough(self) -> None:
        if self.waiting is not None:
            self.waiting.cancel()
            self.waiting = None

    def _too_slow(self) -> None:
        self.waiting = None
        if not self._at_work:
            self.transport.close()

    @property
    def _at_work(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete


class Server(uvicorn.Server):
    """A server that says when it listens.

    Args:
        config: of uvicorn.
        ready: called with the port once it listens.
    """

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        """Listen, and say it.

        Args:
            sockets: that are open already.
        """
        await super().startup(sockets)
        if self.started:
            self._ready(self.servers[0].sockets[0].getsockname()[1])


def run_server(
    app: Door, listening: Listening, limits: Limits, ready: Callable[[int], None]
) -> None:
    """Answer requests until SIGTERM or SIGINT; what is under way then is finished.

    Args:
        app: the application.
        listening: where.
        limits: what requests may ask for.
        ready: called with the port once it listens.

    Raises:
        DataError: the address cannot be listened on.
    """
    config = uvicorn.Config(
        app,
        host=listening.host,
        port=listening.port,
        http=type("TimedHere", (Timed,), {"seconds": limits.upload_seconds}),
        ws="none",
        access_log=False,  # addresses of requests hold filters
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=GRACE,
        h11_max_incomplete_event_size=32_768,
    )
    server = Server(config, ready)
    before = {one: signal.signal(one, _taken) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run()
    except (SystemExit, UnicodeError) as error:  # uvicorn has logged why; or it is no name
        raise DataError(
            f"cannot listen on {listening.host}, port {listening.port}; choose another one (--port)"
        ) from error
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    cut = app.unanswered
    _log.info(
        "stopped; %s", f"{cut} requests under way got no answer" if cut else "all is finished"
    )


def _taken(*_: object) -> None:
    """Take the signal that uvicorn, which has finished, hands on."""
