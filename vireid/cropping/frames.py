"""Frames of a recording: a folder of images, or a video file."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from vireid.cropping.frame_names import frame_files, last_number, natural
from vireid.cropping.pixels import Shown, header_size, pixels_of
from vireid.errors import DataError

THREADS = 4
"""How many read files that are digested."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a recording."""

    name: str
    """Its path in the folder, with slashes, or its number in the video."""
    camera: str
    index: int
    """Its place among the frames of its camera, from 0."""
    number: int | None
    """The last number in its name; None where there is none."""
    seconds: Fraction | None = None
    """When it is shown, from the first frame on, where the file tells it."""


class View(Protocol):
    """The pixels of a frame, once they are wanted; any thread may ask."""

    def digest(self) -> str:
        """Return a text that changes when the pixels do."""
        ...

    def pixels(self) -> Shown:
        """Return the pixels.

        Raises:
            DataError: they cannot be decoded.
        """
        ...


class Recording(Protocol):
    """Frames of one or several cameras."""

    @property
    def frames(self) -> tuple[Frame, ...]:
        """All frames, by camera and in their order."""
        ...

    @property
    def start(self) -> datetime | None:
        """When the first frame was taken, where the file tells it."""
        ...

    def sizes(self, wanted: Sequence[int]) -> list[tuple[int, int] | str]:
        """Return width and height of frames, or why one cannot be read.

        Args:
            wanted: places in ``frames``.
        """
        ...

    def content(self) -> str:
        """Return a text that changes when there are other frames."""
        ...

    def digests(self, wanted: Sequence[int]) -> list[str]:
        """Return texts that change when frames do, without decoding them.

        Args:
            wanted: places in ``frames``.

        Returns:
            What the digest of each view is; empty where a frame cannot be read.
        """
        ...

    def views(self, wanted: Sequence[int]) -> Iterator[tuple[int, View]]:
        """Yield frames one after the other.

        Args:
            wanted: places in ``frames``, ascending.

        Yields:
            The place and the view of each frame that is there.
        """
        ...


class FileView:
    """A frame in a file.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: bytes | None = None

    def _bytes(self) -> bytes:
        if self._held is None:
            try:
                self._held = self._path.read_bytes()
            except OSError as problem:
                raise DataError(f"{self._path} cannot be read: {problem.strerror}") from None
        return self._held

    def digest(self) -> str:
        """Return the digest of the file's bytes."""
        return hashlib.sha256(self._bytes()).hexdigest()

    def pixels(self) -> Shown:
        """Decode the file."""
        return pixels_of(self._bytes(), str(self._path))


class FrameFolder:
    """A folder of frames, with or without a sub-folder for each camera.

    Args:
        root: the folder.
        camera: of all frames; if not given, the first folder of a path names it.

    Raises:
        DataError: there are no frames, or their camera is not known.
    """

    start: datetime | None = None

    def __init__(self, root: Path, camera: str | None) -> None:
        self.root = root
        paths = sorted(frame_files(root), key=natural)
        if not paths:
            raise DataError(f"{root} holds no image; expected frames, or a video file")
        bare = [path for path in paths if "/" not in path]
        if camera is None and bare:
            raise DataError(
                f"{root} holds {bare[0]!r} in no folder of a camera; say --camera NAME, or put the "
                "frames of each camera into a folder"
            )
        by_camera: dict[str, list[str]] = {}
        for path in paths:
            by_camera.setdefault(camera or path.split("/")[0], []).append(path)
        self._frames = tuple(
            Frame(path, name, index, last_number(path))
            for name, held in by_camera.items()
            for index, path in enumerate(held)
        )

    @property
    def frames(self) -> tuple[Frame, ...]:
        """All frames, by camera and in their order."""
        return self._frames

    def sizes(self, wanted: Sequence[int]) -> list[tuple[int, int] | str]:
        """Return width and height of frames, or why one cannot be read.

        Args:
            wanted: places in ``frames``.

        Returns:
            One for each.
        """
        return [header_size(self.root / self._frames[place].name) for place in wanted]

    def content(self) -> str:
        """Return the digest of the frames' names; what they hold is looked at one by one."""
        names = "\0".join(frame.name for frame in self._frames)
        return hashlib.sha256(names.encode("utf-8", "surrogateescape")).hexdigest()

    def digests(self, wanted: Sequence[int]) -> list[str]:
        """Digest the bytes of frames.

        Args:
            wanted: places in ``frames``.

        Returns:
            One for each; empty where a file cannot be read.
        """
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(self._digest, wanted))

    def _digest(self, place: int) -> str:
        try:
            return FileView(self.root / self._frames[place].name).digest()
        except DataError:
            return ""

    def views(self, wanted: Sequence[int]) -> Iterator[tuple[int, FileView]]:
        """Yield frames one after the other.

        Args:
            wanted: places in ``frames``.

        Yields:
            The place and the view of each.
        """
        for place in wanted:
            yield place, FileView(self.root / self._frames[place].name)
