"""Arrays of an npz or npy file, and what is usual in them: text, levels, one network."""

import json
import os
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, is_zipfile

import numpy as np

from vireid.errors import DataError, some

_DAMAGED = (
    OSError, ValueError, EOFError, KeyError, BadZipFile, zlib.error, NotImplementedError,
    RuntimeError,
)  # fmt: skip
"""What NumPy and zipfile raise of files that are cut off, altered, encrypted or of another kind."""


MAGIC = b"\x93NUMPY"
"""What an npy file begins with."""


def read_arrays(path: Path, names: Sequence[str], what: str) -> tuple[dict[str, Any], list[str]]:
    """Read some arrays of a file; nothing is ever unpickled, and no other array is looked at.

    Args:
        path: an npz file, or an npy file, whose array counts as the first of the names.
        names: of the arrays.
        what: the file that is expected, for messages.

    Returns:
        Those arrays that are there by name, and the names of all arrays.

    Raises:
        DataError: the file is damaged, too large for the memory, or one of the arrays holds Python
            objects.
    """
    known: list[str] = []
    found: dict[str, Any] = {}
    name = names[0]
    try:
        if not is_zipfile(path):
            _check_npy(path, what)
            with path.open("rb") as file:
                return {name: np.load(file, allow_pickle=False)}, [name]
        with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
            known = list(content.files)
            for name in (one for one in names if one in known):
                found[name] = content[name]
    except MemoryError as error:
        raise DataError(
            f"{path}: {name} does not fit into memory ({error}); give fewer rows"
        ) from error
    except _DAMAGED as error:
        reason = " ".join(str(error).split())
        if "Object arrays" in reason:
            raise DataError(
                f"{path} is {what}: {name} is an array of Python objects, which are not read; save "
                "it as numbers or text, as np.array(values, dtype=str) makes it"
            ) from error
        raise DataError(f"{path} is {what}: {reason}") from error
    return found, known


def _check_npy(path: Path, what: str) -> None:
    """Refuse a file that begins as none of these formats does, and say what it seems to be."""
    with path.open("rb") as file:
        begin = file.read(64)
    if begin.startswith(MAGIC):
        return
    text = begin and begin.isascii() and b"\0" not in begin
    seen = "it holds text" if text else "it begins as neither does" if begin else "it is empty"
    raise DataError(
        f"{path} is {what}: {seen}; expected the file of `vireid embed`, or such arrays"
    )


def names_of(path: Path, values: Any, count: int) -> tuple[str, ...]:
    """Return paths as text.

    Args:
        path: the file that they are from, for messages.
        values: [N] text, bytes, which are decoded as names of files are, or whole numbers.
        count: N.

    Returns:
        N texts.

    Raises:
        DataError: another shape, or values that are no names.
    """
    if values.shape != (count,):
        raise DataError(f"{path}: paths have shape {values.shape}; expected ({count},)")
    if values.dtype.kind == "S":
        return tuple(os.fsdecode(name) for name in values.tolist())
    if values.dtype.kind not in "Uiu":
        raise DataError(f"{path}: paths are of type {values.dtype}; expected text")
    return tuple(str(name) for name in values)


def single_text(path: Path, name: str, values: Any) -> str | None:
    """Return a text that holds for all rows of a file.

    Args:
        path: the file, for messages.
        name: of the array.
        values: one text, or [N], one for each row; None where it is not there.

    Returns:
        The text; None where there is none.

    Raises:
        DataError: rows have several, as where files were joined, or it is no text.
    """
    if values is None:
        return None
    if values.dtype.kind not in "SU":
        raise DataError(f"{path}: {name} is of type {values.dtype}; expected text")
    texts = [
        os.fsdecode(one) if isinstance(one, bytes) else str(one)
        for one in np.unique(values).tolist()
    ]
    if len(texts) > 1:
        unknown = [text or "unknown" for text in texts]
        raise DataError(
            f"{path} was joined of files that differ in {name}: {some(unknown)}; embed all images "
            "together, by one run and stage"
        )
    return texts[0] or None if texts else None


def numbered(path: Path, name: str, values: Any) -> dict[int, str]:
    """Return the names of cameras or tracks.

    Args:
        path: the file, for messages.
        name: of the array.
        values: a JSON object, names by number; None where it is not there.

    Returns:
        Names by number; nothing where nothing is there.

    Raises:
        DataError: it is something else.
    """
    if values is None:
        return {}
    try:
        found = json.loads(str(values))
        return {int(number): str(text) for number, text in found.items()}
    except (ValueError, AttributeError) as error:
        raise DataError(f"{path}: {name} cannot be read: {error}; embed again") from error


def numbers_text(names: Mapping[int, str]) -> str:
    """Return names of cameras or tracks as ``numbered`` reads them.

    Args:
        names: by number.

    Returns:
        JSON.
    """
    return json.dumps({str(number): name for number, name in sorted(names.items())})
