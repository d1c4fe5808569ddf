"""Text for a page: whatever it holds, it is shown and never run."""

import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape


def text(value: object) -> str:
    """Return text for a page.

    Args:
        value: anything; of a file name, say.

    Returns:
        HTML in which every sign stands for itself. What cannot be seen, or turns the direction of
        writing, or is no Unicode, is named.

    >>> text('<b>"x"')
    '&lt;b&gt;&quot;x&quot;'
    >>> text("a\\u202eb")
    'a<span class="sign">U+202E</span>b'
    """
    return "".join(map(_sign, str(value)))


def plain(value: object) -> str:
    """Return text for a drawing or an attribute, where nothing may stand but text.

    Args:
        value: anything.

    Returns:
        The same as ``text`` without elements.

    >>> plain("a\\u202e<b>")
    'a[U+202E]&lt;b&gt;'
    """
    return "".join(escape(s) if _seen(s) else f"[{_named(s)}]" for s in str(value))


def _sign(sign: str) -> str:
    return escape(sign) if _seen(sign) else f'<span class="sign">{_named(sign)}</span>'


def _seen(sign: str) -> bool:
    """Tell whether a sign can be seen and leaves those beside it alone."""
    return sign.isprintable() and unicodedata.category(sign) != "Cf"


def _named(sign: str) -> str:
    return f"U+{ord(sign):04X}"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table.

    Args:
        header: of the columns.
        rows: cells, as many as the header has; numbers stand on the right.

    Returns:
        HTML.
    """
    head = "".join(f"<th>{text(cell)}</th>" for cell in header)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    inner = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide"><table>{inner}</table></div>'


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{text(value)}</td>"


def picture(jpeg: bytes, caption: str) -> str:
    """Return a small picture that the page holds itself.

    Args:
        jpeg: the file.
        caption: below it.

    Returns:
        HTML.
    """
    data = b64encode(jpeg).decode()
    return (
        f'<figure><img alt="" src="data:image/jpeg;base64,{data}">'
        f"<figcaption>{text(caption)}</figcaption></figure>"
    )
