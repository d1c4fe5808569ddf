"""A request that is refused: its status, and why."""

import json
from collections.abc import Mapping


class Refused(Exception):  # noqa: N818 - an answer, not a mistake of ours
    """Ends a request with a status and one line.

    Args:
        status: of HTTP.
        message: what was given, what is expected and what to do.
        headers: further ones.
    """

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, dict(headers or {})


def again(status: int, message: str, seconds: int = 1) -> Refused:
    """Return a refusal that asks the client to come back.

    Args:
        status: 429 or 503.
        message: one line.
        seconds: after which it may try again.

    Returns:
        The refusal.
    """
    return Refused(status, message, {"retry-after": str(seconds)})


def error_body(message: str) -> bytes:
    """Return what a client that is refused is sent.

    Args:
        message: one line.

    Returns:
        JSON.
    """
    return json.dumps({"error": message}).encode()
