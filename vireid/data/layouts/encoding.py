"""Bytes of a list or table to text."""

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""What UTF-16 begins with."""


def text_of(data: bytes) -> str:
    """Decode UTF-8, with or without a byte order mark.

    Args:
        data: all bytes of a file.

    Returns:
        The text.

    Raises:
        ValueError: it is something else; the message says what, and in which line.

    >>> text_of(b"\\xef\\xbb\\xbfa,b")
    'a,b'
    """
    begin = data[:64]
    if data.startswith(UTF_16) or (len(begin) > 1 and begin[1::2].count(0) * 4 > len(begin)):
        raise ValueError(
            "it is UTF-16 (Excel's 'Unicode text'); save it as UTF-8 (Excel: CSV UTF-8)"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line(data[: error.start])
        near = data[max(0, error.start - 8) : error.start + 8].decode("cp1252", "replace")
        shown = " ".join("".join(c if c.isprintable() else " " for c in near).split())
        raise ValueError(
            f"line {line} is no UTF-8, perhaps Windows-1252 ('{shown}'); save it as UTF-8 "
            "(Excel: CSV UTF-8)"
        ) from None
    if "\0" in text:
        line = _line(data[: data.index(b"\0")])
        raise ValueError(f"line {line} holds a NUL byte, which no text has; write the file again")
    return text


def _line(before: bytes) -> int:
    return len((before + b"x").splitlines())
