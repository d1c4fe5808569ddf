"""The file of packed pixels: a .npy array with a line of JSON behind it."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib.format import write_array_header_1_0

from vireid.data.pixels.decoding import Pixels


class PackedWriter:
    """Writes images of one size one after the other.

    Args:
        file: open for writing, at its start.
        count: N, the most images that will come.
        size: height and width of every image, in pixels.
    """

    def __init__(self, file: BinaryIO, count: int, size: tuple[int, int]) -> None:
        self._file, self._size, self._count = file, size, 0
        self._write_header(count)  # numpy leaves room in it for larger counts

    def write(self, row: Pixels) -> None:
        """Write one image.

        Args:
            row: [height, width, 3].

        Raises:
            OSError: the disk is full.
        """
        self._file.write(row.tobytes())
        self._count += 1

    def finish(self, state: str, content: str, unreadable: Sequence[int]) -> None:
        """Say how many images there are, of what.

        Args:
            state: of the images; changes when their sizes or times do, also by other files.
            content: of the images; changes when their bytes do.
            unreadable: which of the images could not be read.

        Raises:
            OSError: the disk is full.
        """
        note = {"state": state, "content": content, "unreadable": list(unreadable)}
        self._file.write(_line(note))
        self._file.seek(0)
        self._write_header(self._count)

    def _write_header(self, count: int) -> None:
        shape = (count, *self._size, 3)
        write_array_header_1_0(self._file, {"descr": "|u1", "fortran_order": False, "shape": shape})


def open_packed(
    path: Path, state: str, content: Callable[[], str], count: int, size: tuple[int, int]
) -> tuple[Pixels, list[int]] | None:
    """Map a packed file into memory.

    Args:
        path: the file.
        state: of the images now.
        content: returns that of the images now, at the price of reading them; only called where
            the state is another one. If it is the same, the new state is noted in the file.
        count: N, the number of images.
        size: height and width, in pixels.

    Returns:
        [M, height, width, 3] pixels and which N - M of the images are not among them; None where
        there is no such file, where it is damaged, or where the images have changed.
    """
    try:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
        with path.open("rb") as file:
            file.seek(mapped.offset + mapped.nbytes)
            note = json.loads(file.read())
        unreadable = [int(index) for index in note["unreadable"]]
        known = str(note["state"]), str(note["content"])
    except (OSError, ValueError, EOFError, LookupError, TypeError, AttributeError):
        return None
    if mapped.dtype != np.uint8 or mapped.shape != (count - len(unreadable), *size, 3):
        return None
    if known[0] != state:
        if known[1] != content():
            return None
        _renew(path, mapped.offset + mapped.nbytes, note, state)
    return mapped.view(np.ndarray), unreadable


def _renew(path: Path, place: int, note: dict[str, Any], state: str) -> None:
    """Note another state of equal length, if one may write there; else it is compared again."""
    with suppress(OSError), path.open("r+b") as file:
        file.seek(place)
        if file.read() == _line(note):  # else another process has just made the file anew
            file.seek(place)
            file.write(_line(note | {"state": state}))


def _line(note: dict[str, Any]) -> bytes:
    return json.dumps(note).encode() + b"\n"
