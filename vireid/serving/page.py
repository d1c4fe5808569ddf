"""The page: one file of HTML that loads nothing, under a policy that names what is in it."""

import base64
import hashlib
from functools import cache
from importlib.resources import files


@cache
def _part(name: str) -> str:
    return (files("vireid.serving") / name).read_text(encoding="utf-8").strip()


def page(*, asks_token: bool) -> bytes:
    """Return the page.

    Args:
        asks_token: whether it asks for a token before anything else.

    Returns:
        HTML, the same for everybody: what the gallery holds is asked for by its script.
    """
    text = _part("page.html").replace("{{asks}}", "yes" if asks_token else "no")
    for mark, name in (("{{style}}", "page.css"), ("{{script}}", "page.js")):
        text = text.replace(mark, _part(name))
    return text.encode()


@cache
def policy() -> str:
    """Return the content security policy: the page's own style and script and nothing else.

    Returns:
        The value of the header.
    """
    style, script = (_digest(_part(name)) for name in ("page.css", "page.js"))
    return (
        f"default-src 'none'; style-src '{style}'; script-src '{script}'; img-src blob: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
