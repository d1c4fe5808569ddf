"""The ASGI application: routes, the page, errors, and the door in front of them."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from vireid.errors import VireidError
from vireid.serving import changing, looking
from vireid.serving.access import Access
from vireid.serving.door import Door
from vireid.serving.page import page, policy
from vireid.serving.refusal import Refused, error_body
from vireid.serving.service import Service

UNKNOWN = "nothing here has that name; /openapi.json lists what has"
"""Said of a word in a query or a body that means nothing."""

_log = logging.getLogger(__name__)


def make_app(service: Service, access: Access) -> Door:
    """Return the application of a service.

    Args:
        service: what it does; closed when the application ends.
        access: who may ask for what.

    Returns:
        An ASGI application.
    """
    from importlib.metadata import version

    app = FastAPI(
        title="vireid",
        version=version("vireid"),
        summary="A gallery of people, searched by an image",
        docs_url=None,  # its page is loaded from elsewhere
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.service, app.state.page = service, page(asks_token=access.demands_token)
    app.include_router(looking.routes)
    app.include_router(changing.routes)
    app.add_api_route("/", _page, include_in_schema=False)
    app.add_api_route("/healthz", _health, tags=["watch"], response_class=Response)
    app.add_api_route("/metrics", _metrics, tags=["watch"], response_class=Response)
    for kind, answer in (
        (Refused, _refused),
        (RequestValidationError, _invalid),
        (HTTPException, _http),
        (VireidError, _failed),
    ):
        app.add_exception_handler(kind, answer)
    return Door(app, access, service.limits, service.measures)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.service.close()


async def _page(request: Request) -> Response:
    headers = {"content-security-policy": policy()}
    return Response(request.app.state.page, media_type="text/html", headers=headers)


async def _health(request: Request) -> Response:
    """Tell whether the service works: 200, or 503."""
    alive = request.app.state.service.alive
    text = "ok" if alive else "embedding has ended"
    return Response(text, 200 if alive else 503, media_type="text/plain")


async def _metrics(request: Request) -> Response:
    """Return what is measured, for Prometheus."""
    kind = "text/plain; version=0.0.4; charset=utf-8"
    return Response(request.app.state.service.measures.text(), headers={"content-type": kind})


def _answer(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return Response(error_body(message), status, headers, media_type="application/json")


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _answer(error.status, error.message, error.headers)


async def _http(_: Request, error: Exception) -> Response:
    """Answer what the router or the body refuses: 404, 405, 408, 413."""
    assert isinstance(error, HTTPException)
    closing = {"connection": "close"} if error.status_code in (408, 413) else {}
    return _answer(error.status_code, str(error.detail), {**(error.headers or {}), **closing})


async def _invalid(_: Request, error: Exception) -> Response:
    """Say which words are wrong, without repeating what was sent."""
    assert isinstance(error, RequestValidationError)
    told = [
        f"{'.'.join(str(part) for part in one['loc'][1:]) or 'the request'}: {_words(one)}"
        for one in error.errors()[:5]
    ]
    return _answer(422, "; ".join(told).encode("utf-8", "replace").decode()[:1000])


def _words(mistake: Mapping[str, Any]) -> str:
    if mistake["type"] == "extra_forbidden":
        return UNKNOWN
    return str(mistake["msg"]).removeprefix("Value error, ")


async def _failed(_: Request, error: Exception) -> Response:
    """Answer where the gallery cannot be read or written; the log alone says where it lies."""
    _log.warning("a request failed: %s", error)
    message = (
        "the gallery or the audit log cannot be read or written now; the service's log says why"
    )
    return _answer(503, message, {"retry-after": "30"})
