"""What every request passes before the application and every answer after it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from vireid.serving.access import HEALTH, MEASURES, Access, Asked
from vireid.serving.body import Body, Message, Receive, declared, longest, too_long
from vireid.serving.measures import Measures
from vireid.serving.refusal import Refused, error_body
from vireid.serving.settings import Limits
from vireid.serving.slots import Slots
from vireid.serving.tokens import Caller

Send = Callable[[Message], Awaitable[None]]
Scope = dict[str, Any]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cache-control", b"no-store"),
)
"""Headers of every answer; nothing of it is kept anywhere."""
STRICT = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
"""Of answers that are no page."""
METHODS = frozenset({"GET", "HEAD", "POST"})
_log = logging.getLogger(__name__)


class Answer:
    """Sends an answer with the headers of every answer, and remembers its status; an ASGI ``send``.

    Args:
        send: of the server.
    """

    def __init__(self, send: Send) -> None:
        self._send, self.status, self._over = send, 0, False

    async def __call__(self, message: Message) -> None:
        """Send the next part.

        Args:
            message: of ASGI.
        """
        if self._over:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = list(message.get("headers", ()))
            known = {name for name, _ in given}
            more = [pair for pair in (*ALWAYS, STRICT) if pair[0] not in known]
            message = {**message, "headers": [*given, *more]}
        await self._send(message)

    async def refuse(self, refused: Refused) -> None:
        """Send why a request is refused, unless an answer has begun; what comes later is dropped.

        Args:
            refused: why.
        """
        if self.status:
            return
        headers = {"content-type": "application/json", "connection": "close", **refused.headers}
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self({"type": "http.response.start", "status": refused.status, "headers": pairs})
        await self({"type": "http.response.body", "body": error_body(refused.message)})
        self._over = True


class Door:
    """Lets requests in; an ASGI application around another one.

    A thread at work cannot be stopped. So a request that takes too long is answered, but its work
    goes on to its end, its line in the audit log included, and holds its slot until then.

    Args:
        app: that answers them.
        access: who may ask for what.
        limits: what they may ask for.
        measures: what is counted.
    """

    def __init__(self, app: App, access: Access, limits: Limits, measures: Measures) -> None:
        self._app, self._access, self._limits, self._measures = app, access, limits, measures
        self._slots = Slots(limits.requests, limits.each)
        self._works: set[asyncio.Task[None]] = set()
        self.unanswered = 0
        """Requests that the end of the server has cut off."""
        measures.under_way.set_function(lambda: self._slots.taken)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Args:
            scope: of ASGI.
            receive: the server's.
            send: the server's.
        """
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        if scope["type"] != "http":  # a websocket, before it is accepted
            await send({"type": "websocket.close", "code": 1008})
            return
        answer, begun = Answer(send), time.perf_counter()
        try:
            await self._pass(scope, receive, answer)
        except Refused as refused:
            await answer.refuse(refused)
        except asyncio.CancelledError:
            self.unanswered += 1
            raise
        finally:
            route = getattr(scope.get("route"), "path", "other")
            method = scope["method"] if scope["method"] in METHODS else "other"
            taken = time.perf_counter() - begun
            self._measures.request(route, method, answer.status or 499, taken)

    async def _pass(self, scope: Scope, receive: Receive, answer: Answer) -> None:
        asked = Asked.of(scope["path"], scope["query_string"], scope["headers"])
        caller = self._access.caller(asked)
        length, most = declared(scope["headers"]), longest(asked.path, self._limits.body)
        if length is not None and length > most:
            raise Refused(413, too_long(most))
        scope.setdefault("state", {})["caller"] = caller
        if asked.path in (HEALTH, MEASURES):  # also told while all slots are taken
            await self._app(scope, receive, answer)
            return
        body = Body(receive, most, self._limits.upload_seconds)
        work = asyncio.create_task(self._work(scope, body, answer, _client(scope, caller)))
        self._works.add(work)
        work.add_done_callback(self._works.discard)
        done, _ = await asyncio.wait({work}, timeout=self._limits.seconds)
        if not done:
            work.add_done_callback(_tell_failure)
            took = f"the request took more than {self._limits.seconds:g} s; it may be done still"
            raise Refused(503, took, {"retry-after": "5"})
        work.result()

    async def _work(self, scope: Scope, body: Receive, answer: Answer, client: str) -> None:
        with self._slots.one(client):
            await self._app(scope, body, answer)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application begin and end; its end waits for work whose request was answered."""

        async def late() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown" and self._works:
                await asyncio.wait(self._works)
            return message

        await self._app(scope, late, send)


def _tell_failure(work: "asyncio.Task[None]") -> None:
    if not work.cancelled() and (error := work.exception()) is not None:
        _log.warning("a request that took too long failed: %s", error)


def _client(scope: Scope, caller: Caller) -> str:
    address = scope.get("client") or ("", 0)
    return f"{caller.who}@{address[0]}"
