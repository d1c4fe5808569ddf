"""Who may ask for what: name, origin and token of a request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from vireid.serving.refusal import Refused
from vireid.serving.tokens import ANYBODY, Caller, Tokens

HEALTH, MEASURES = "/healthz", "/metrics"
OPEN = frozenset({"/", HEALTH, "/openapi.json"})
"""What is told to everybody: that the service is there, its page without any data, and its
interface."""
READING = ("/api/search", "/api/thumbnails/", "/api/about", "/api/judgements", MEASURES)
"""What the read role suffices for; all else needs the write role."""
IN_URL = frozenset({"token", "access_token", "authorization", "key_token"})
"""Words of an address that look like a token."""


@dataclass(frozen=True)
class Asked:
    """What of a request decides on access."""

    path: str
    query: str
    headers: Mapping[str, str]
    """By their names in small letters."""
    repeated: frozenset[str] = frozenset()
    """Names of headers that are there twice."""

    @classmethod
    def of(cls, path: str, query: bytes, headers: Iterable[tuple[bytes, bytes]]) -> "Asked":
        """Return what a request of ASGI asks.

        Args:
            path: decoded.
            query: as sent.
            headers: names in small letters, and values.
        """
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        names = [name for name, _ in pairs]
        twice = frozenset(name for name in names if names.count(name) > 1)
        return cls(path, query.decode("latin-1"), dict(pairs), twice)


class Access:
    """Decides on requests.

    Args:
        hosts: what may stand in Host, without a port.
        tokens: None where everybody may do everything.
    """

    def __init__(self, hosts: frozenset[str], tokens: Tokens | None) -> None:
        self._hosts, self._tokens = hosts, tokens

    @property
    def demands_token(self) -> bool:
        """Whether a token is asked for."""
        return self._tokens is not None

    def caller(self, asked: Asked) -> Caller:
        """Return who asks.

        Args:
            asked: of the request.

        Returns:
            The caller, who may do what is asked.

        Raises:
            Refused: 400, 401, 403 or 421.
        """
        if asked.path == HEALTH:
            return ANYBODY
        self._check_names(asked)
        if IN_URL & {name.lower() for name, _ in parse_qsl(asked.query, keep_blank_values=True)}:
            raise Refused(
                400,
                "a token stands in the address, where logs keep it; send it in the header "
                "Authorization, and make a new one",
            )
        if asked.path in OPEN or self._tokens is None:
            return ANYBODY
        caller = self._known(asked, self._tokens)
        if not caller.writes and not asked.path.startswith(READING):
            raise Refused(403, "the token may read; expected one that may write")
        return caller

    def _known(self, asked: Asked, tokens: Tokens) -> Caller:
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        caller = None
        if scheme.lower() == "bearer" and "authorization" not in asked.repeated:
            caller = tokens.caller(token.strip())
        if caller is None:
            raise Refused(
                401,
                "no token, or a wrong one; expected the header Authorization: Bearer TOKEN",
                {"www-authenticate": "Bearer"},
            )
        return caller

    def _check_names(self, asked: Asked) -> None:
        """Refuse requests that another site lets a browser make."""
        host = asked.headers.get("host", "")
        if "host" in asked.repeated or _name(f"//{host}") not in self._hosts:
            raise Refused(421, "Host is none of this service's names; see --name of vireid serve")
        origin = asked.headers.get("origin")
        if origin is not None and not self._own(origin, host):
            raise Refused(403, "Origin is another site; open the service's own page")
        site = asked.headers.get("sec-fetch-site", "none")
        if asked.path != "/" and site in ("cross-site", "same-site"):
            raise Refused(403, "another site asks; open the service's own page")

    def _own(self, origin: str, host: str) -> bool:
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _name(address: str) -> str | None:
    """Return the name of an address without its port; None where it is none."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - refuses ports that are none
    except ValueError:
        return None
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        return None
    name = (parts.hostname or "").lower()
    return f"[{name}]" if ":" in name else name
