"""A video file as frames, decoded by PyAV."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from vireid.cropping.frames import Frame
from vireid.cropping.pixels import Shown
from vireid.cropping.settings import moment
from vireid.errors import ConfigError, DataError

_DEEP = {f"gray{bits}le" for bits in (9, 10, 12, 14, 16)}
"""Pixel formats whose levels are kept as they are."""


@dataclass(frozen=True)
class VideoView:
    """A frame that has been decoded."""

    shown: Shown
    state: str

    def digest(self) -> str:
        """Return the digest of the whole video."""
        return self.state

    def pixels(self) -> Shown:
        """Return the pixels."""
        return self.shown


class Video:
    """A video file.

    Args:
        path: the file.
        camera: what took it.
        first: the number of its first frame.

    Raises:
        DataError: it is no video.
        ConfigError: PyAV is not installed.
    """

    def __init__(self, path: Path, camera: str, first: int) -> None:
        self._path = path
        with _opened(path) as (container, stream):
            self._size = stream.codec_context.width, stream.codec_context.height
            self._turn = 0
            for frame in container.decode(stream):
                self._size, self._turn = (frame.width, frame.height), _rotation(frame)
                break
            self.start = _creation(container, stream)
        if self._turn % 180:
            self._size = self._size[::-1]
        with _opened(path) as (container, stream):
            stamps = [packet.pts for packet in container.demux(stream) if packet.pts is not None]
            base = Fraction(stream.time_base or 1)
        if not stamps or min(self._size) < 1:
            raise DataError(f"{path} holds no frames; expected a video")
        self._stamps = sorted(set(stamps))
        self._frames = tuple(
            Frame(
                f"{index + first:06d}",
                camera,
                index,
                index + first,
                (stamp - self._stamps[0]) * base,
            )
            for index, stamp in enumerate(self._stamps)
        )

    @property
    def frames(self) -> tuple[Frame, ...]:
        """All frames in the order in which they are shown."""
        return self._frames

    def sizes(self, wanted: Sequence[int]) -> list[tuple[int, int] | str]:
        """Return width and height of frames.

        Args:
            wanted: places in ``frames``.

        Returns:
            The same for each.
        """
        return [self._size] * len(wanted)

    def content(self) -> str:
        """Return the digest of the file's bytes."""
        with self._path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def digests(self, wanted: Sequence[int]) -> list[str]:
        """Return the digest of the file's bytes.

        Args:
            wanted: places in ``frames``.

        Returns:
            The same for each.
        """
        return [self.content()] * len(wanted)

    def views(self, wanted: Sequence[int]) -> Iterator[tuple[int, VideoView]]:
        """Decode frames one after the other.

        Args:
            wanted: places in ``frames``, ascending.

        Yields:
            The place and the view of each that can be decoded.

        Raises:
            DataError: the video is damaged.
        """
        if not wanted:
            return
        left, state = set(wanted), self.content()
        place_of = {stamp: place for place, stamp in enumerate(self._stamps)}
        with _opened(self._path) as (container, stream):
            stream.thread_type = "AUTO"
            for frame in container.decode(stream):
                place = place_of.get(frame.pts, -1)
                if place in left:
                    left.discard(place)
                    yield place, VideoView(_pixels(frame, self._turn), state)
                if not left:
                    return


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """Open the first video stream of a file."""
    try:
        import av
    except ImportError:
        raise ConfigError(
            f"{path} needs PyAV to be decoded; pip install 'vireid[video]', or give a folder "
            "of frames"
        ) from None
    av.logging.set_level(av.logging.PANIC)
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise DataError(f"{path} holds no pictures; expected a video")
            yield container, container.streams.video[0]
    except (av.FFmpegError, OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise DataError(
            f"{path} cannot be decoded as a video ({reason}); "
            "expected an undamaged video file or a folder of frames"
        ) from None


def _creation(container: Any, stream: Any) -> datetime | None:
    """Return when a recording began, as its file says."""
    for place in (container.metadata, stream.metadata):
        found = moment(str(place.get("creation_time", "")), "+00:00")
        if found is not None and found.year > 1970:
            return found
    return None


def _rotation(frame: Any) -> int:
    """Return by how many degrees a player turns a frame, a multiple of 90."""
    return int(round(frame.rotation / 90) * 90)


def _pixels(frame: Any, turn: int) -> Shown:
    """Return the pixels as a player shows them; deep grey levels as they are."""
    if frame.format.name in _DEEP:
        plane = frame.planes[0]
        rows = np.frombuffer(plane, np.uint16).reshape(-1, plane.line_size // 2)
        shown = rows[: frame.height, : frame.width].copy()
    elif frame.format.name in {"gray", "gray8"}:
        shown = frame.to_ndarray(format="gray")
    else:
        shown = frame.to_ndarray(format="rgb24")
    return np.rot90(shown, turn // 90) if turn else shown
