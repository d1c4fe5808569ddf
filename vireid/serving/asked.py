"""What routes are handed: the service, who asks, and the image in a body."""

from typing import Annotated, Any

from fastapi import Depends, Request

from vireid.serving.refusal import Refused
from vireid.serving.service import Service
from vireid.serving.tokens import Caller
from vireid.serving.words import Problem

IMAGE = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/*", "application/octet-stream")
        },
    }
}
"""How OpenAPI describes a body that is an image."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how OpenAPI describes refusals.

    Args:
        statuses: of HTTP, in addition to those of every request.

    Returns:
        By their status.
    """
    every = (400, 401, 403, 408, 413, 421, 422, 429, 503)
    return {status: {"model": Problem} for status in sorted({*every, *statuses})}


async def _service(request: Request) -> Service:  # else it would be called in a thread
    service: Service = request.app.state.service
    return service


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


async def _image(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind.startswith("image/") and kind != "application/octet-stream":
        raise Refused(415, "the body is no image; send its bytes with Content-Type: image/jpeg")
    return await request.body()


def address_of(request: Request) -> str:
    """Return the address of the client, as far as it is known.

    Args:
        request: of the client.
    """
    return request.client.host if request.client else ""


Serving = Annotated[Service, Depends(_service)]
Who = Annotated[Caller, Depends(_caller)]
ImageBody = Annotated[bytes, Depends(_image)]
