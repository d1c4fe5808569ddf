"""Tokens: who may read, and who may also write."""

import hashlib
import hmac
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from vireid.errors import ConfigError

SHORTEST = 24
"""Characters of a token."""
EXPECTED = "expected lines of: read or write, a token, and the name of who has it"
MAKE = "python -c 'import secrets; print(secrets.token_urlsafe(32))' makes one"


@dataclass(frozen=True)
class Caller:
    """Who asks."""

    who: str
    """As the audit log calls it."""
    writes: bool
    """Whether it may add and forget."""


ANYBODY = Caller("local", writes=True)
"""Who asks where there are no tokens."""


class Tokens:
    """Who each token belongs to; tokens themselves are not kept.

    Args:
        callers: by the SHA-256 of their token.
    """

    def __init__(self, callers: dict[bytes, Caller]) -> None:
        self._callers = callers

    def caller(self, token: str) -> Caller | None:
        """Return who a token belongs to, in a time that does not depend on which token is near.

        Args:
            token: as sent.

        Returns:
            None where it belongs to nobody.
        """
        digest, found = _digest(token), None
        for known, caller in self._callers.items():
            if hmac.compare_digest(known, digest):
                found = caller
        return found


def read_tokens(path: Path) -> Tokens:
    """Read a file of tokens.

    Args:
        path: lines of a role (read or write), a token and a name; # begins a comment.

    Returns:
        The tokens.

    Raises:
        ConfigError: the file cannot be read, may be read by others, or a line is wrong. No message
            repeats a token.
    """
    try:
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            raise ConfigError(f"{path} may be read by others than its owner; chmod 600 {path}")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ConfigError(f"{path} cannot be read ({reason}); {EXPECTED}; {MAKE}") from error
    callers: dict[bytes, Caller] = {}
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        digest, caller = _line(words, f"{path}, line {number}")
        if digest in callers:
            raise ConfigError(f"{path}, line {number}: the token is there twice; {MAKE}")
        callers[digest] = caller
    if not callers:
        raise ConfigError(f"{path} holds no token; {EXPECTED}; {MAKE}")
    return Tokens(callers)


def _line(words: list[str], where: str) -> tuple[bytes, Caller]:
    if len(words) != 3 or words[0] not in ("read", "write"):
        raise ConfigError(f"{where}: {EXPECTED}")
    role, token, who = words
    if len(token) < SHORTEST or not token.isascii():
        raise ConfigError(f"{where}: the token has less than {SHORTEST} plain characters; {MAKE}")
    return _digest(token), Caller(who, role == "write")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
