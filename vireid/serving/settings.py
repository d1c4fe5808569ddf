"""What a service listens on, what it lets pass, and which files it may touch."""

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

from vireid.errors import ABOVE_ZERO, Bound, ConfigError, outside

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""What this machine calls itself."""
WHOLE: Bound = ("a whole number of at least 1", lambda value: isinstance(value, int) and value >= 1)


@dataclass(frozen=True)
class Limits:
    """What one request, and all of them together, may ask for."""

    body: int = 20_000_000
    """Bytes of a request."""
    pixels: int = 16_000_000
    """Pixels of an image, known from its header before it is decoded."""
    requests: int = 64
    """Requests that are under way at once; more are refused with 503."""
    each: int = 16
    """Of these, requests of one client; more are refused with 429."""
    batch: int = 32
    """Images that are embedded at once."""
    upload_seconds: float = 10.0
    """For the head of a request to arrive, and for its body."""
    seconds: float = 60.0
    """For a request as a whole."""

    def __post_init__(self) -> None:
        """Refuse what nothing could pass."""
        whole = ("body", "pixels", "requests", "each", "batch")
        problems = [
            *outside("", self, WHOLE, *whole),
            *outside("", self, ABOVE_ZERO, "upload_seconds", "seconds"),
        ]
        if problems:
            raise ConfigError("; ".join(problems))


@dataclass(frozen=True)
class Listening:
    """Where a service listens, and under which names it is asked for."""

    host: str = "127.0.0.1"
    """An address of this machine."""
    port: int = 8000
    """0 for any that is free."""
    names: tuple[str, ...] = ()
    """Names under which clients reach it, such as that of a reverse proxy, without a port."""
    tokens: Path | None = None
    """The file of tokens; without one there are none, which only a loopback address without other
    names allows."""

    def __post_init__(self) -> None:
        """Demand tokens and a name where others can reach the service."""
        if not 0 <= self.port <= 65535:
            raise ConfigError(f"port is {self.port}; expected 0 to 65535")
        if not self.loopback and self.tokens is None:
            raise ConfigError(
                f"{self.host} is reached by other machines, and there are no tokens; give a file "
                "of them (--tokens), or listen on 127.0.0.1"
            )
        others = [name for name in self.names if name.lower() not in LOOPBACK]
        if others and self.tokens is None:
            raise ConfigError(
                f"other machines reach the service as {others[0]}, and there are no tokens; give a "
                "file of them (--tokens), or no --name"
            )
        if self.host in ("0.0.0.0", "::") and not self.names:
            raise ConfigError(
                f"{self.host} stands for all addresses; say under which name or address clients "
                "ask for the service (--name)"
            )

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def hosts(self) -> frozenset[str]:
        """What may stand in the head Host of a request, without its port."""
        own = f"[{self.host}]" if ":" in self.host else self.host
        known = {own, *self.names, *(LOOPBACK if self.loopback else ())}
        return frozenset(name.lower() for name in known)


@dataclass(frozen=True)
class Places:
    """Which files a service reads and writes."""

    audit: Path
    """The audit log: a line of JSON for each search and each change."""
    judgements: Path
    """The CSV file of results that were marked right or wrong."""
    roots: tuple[Path, ...] = ()
    """Folders below which images may be shown; of none where there is none."""
    rates: Path | None = None
    """The file of `vireid calibrate`; that of the run, if any, where not given."""
    uploads: Path | None = None
    """The folder of images that are added, whose images are shown too; without one, none can be."""

    def __post_init__(self) -> None:
        """Make places absolute, as the gallery has the paths of images."""
        for name in ("audit", "judgements", "rates", "uploads"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, _absolute(getattr(self, name)))
        object.__setattr__(self, "roots", tuple(_absolute(root) for root in self.roots))

    @property
    def shown(self) -> tuple[Path, ...]:
        """All folders below which images may be shown, without links."""
        own = () if self.uploads is None else (self.uploads,)
        return tuple(root.resolve() for root in (*self.roots, *own))


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they are written
