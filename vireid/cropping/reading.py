"""A file of boxes, of whatever format -> its boxes."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from vireid.cropping.boxes import NO_AREA, BoxList, Form, Format
from vireid.cropping.coco import read_coco
from vireid.cropping.mot import looks_like_mot, read_mot
from vireid.cropping.table import read_table
from vireid.cropping.yolo import label_files, read_yolo
from vireid.errors import DataError

LARGEST = 2**31
"""Bytes of a file of boxes; a larger one is something else."""


def recognise(path: Path) -> Format:
    """Tell the format of boxes by what a file holds.

    Args:
        path: a file, or a folder of text files.

    Returns:
        Its format; text that is none of the others is a table.

    Raises:
        DataError: the path does not exist or cannot be read.
    """
    if path.is_dir():
        return "yolo"
    text = _text(path)
    if text.lstrip()[:1] in {"{", "["}:
        return "coco"
    return "mot" if looks_like_mot(text) else "csv"


def read_boxes(path: Path, format: Format | None = None, form: Form | None = None) -> BoxList:  # noqa: A002 - as the option is called
    """Read boxes.

    Args:
        path: a file, or a folder of text files.
        format: as what to read it; recognised by content where not given.
        form: what the four numbers are, where the file does not mean what its format says.

    Returns:
        The boxes.

    Raises:
        DataError: the path cannot be read, or is not of the format.
    """
    format = format or recognise(path)  # noqa: A001
    if path.is_dir() != (format == "yolo"):
        expected = "a folder of text files, one for each frame" if format == "yolo" else "a file"
        raise DataError(f"{path}: boxes of format {format} are {expected}; choose another --format")
    found = _read(path, format, form)
    empty = found.dropped[NO_AREA]
    if empty > len(found.boxes):
        raise DataError(
            f"{path}: {empty} of {empty + len(found.boxes)} boxes have a width or height of 0 or "
            "less; the numbers seem to be something else than the format or the columns say"
        )
    return found


def _read(path: Path, format: Format, form: Form | None) -> BoxList:  # noqa: A002
    if format == "yolo":
        return read_yolo(path, form or "centre")
    if format == "coco":
        return read_coco(str(path), _text(path), form or "size")
    read: Callable[[str, str, Form | None], BoxList] = read_mot if format == "mot" else read_table
    return read(str(path), _text(path), form)


def content(path: Path) -> str:
    """Return a text that changes when boxes do.

    Args:
        path: a file, or a folder of text files.

    Returns:
        A digest of names and bytes.
    """
    digest = hashlib.sha256()
    files = label_files(path) if path.is_dir() else [path]
    for file in files:
        name = file.relative_to(path).as_posix() if path.is_dir() else ""
        held = file.read_bytes()
        digest.update(f"{name}\0{len(held)}\0".encode("utf-8", "surrogateescape") + held)
    return digest.hexdigest()


def _text(path: Path) -> str:
    """Return the text of a file, in UTF-8 or with a mark that says UTF-16."""
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(f"{path} is larger than 2 GB; expected a file of boxes")
        held = path.read_bytes()
        coding = "utf-16" if held[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
        text = held.decode(coding)
    except FileNotFoundError:
        raise DataError(f"{path} is missing; expected a file or folder of boxes") from None
    except UnicodeDecodeError:
        raise DataError(f"{path} is no text in UTF-8; expected a file of boxes") from None
    except OSError as problem:
        raise DataError(f"{path} cannot be read: {problem.strerror}") from None
    if "\0" in text:
        raise DataError(f"{path} holds zero bytes; expected the text of a file of boxes")
    if not text.strip():
        raise DataError(f"{path} is empty; expected boxes")
    return text
