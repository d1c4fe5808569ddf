"""When each frame was taken."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from vireid.cropping.boxes import Box
from vireid.cropping.frames import Frame
from vireid.cropping.settings import OF_FILE, CropSettings, moment, of_camera, rate
from vireid.errors import ConfigError, DataError, number_of, some

SINCE_1970 = (10**8, 10**10)
"""Seconds that stand for a time between 1973 and 2286."""


def times(
    frames: Sequence[Frame],
    placed: Sequence[tuple[int, Box]],
    settings: CropSettings,
    begin: datetime | None = None,
) -> tuple[dict[int, datetime], list[str]]:
    """Find out when frames were taken.

    Args:
        frames: all frames, by camera and in their order.
        placed: places of frames with their boxes, which may say times.
        settings: where times come from, and how far clocks are off.
        begin: when a video began, as its file says.

    Returns:
        Times by place, as far as they are known; and notes, a line each.

    Raises:
        ConfigError: settings name a camera that is not there, or do not suffice.
        DataError: a text is no time, or times run backwards.
    """
    cameras = {frame.camera for frame in frames}
    for name in ("start", "fps", "clock", "modality"):
        unknown = sorted(set(getattr(settings, name)) - cameras - {""})
        if unknown:
            raise ConfigError(
                f"--{name} names camera {unknown[0]}; there are {some(sorted(cameras))}"
            )
    found: dict[int, datetime] = {}
    if settings.start:
        found = _counted(frames, settings, begin)
    elif settings.name_times is not None:
        for place, frame in enumerate(frames):
            found[place] = _of_name(frame, settings.name_times, settings.zone)
    else:
        found = _of_boxes(frames, placed, settings.zone)
    for place in found:
        offset = of_camera(settings.clock, frames[place].camera) or 0.0
        found[place] = _moved(found[place], timedelta(seconds=offset), frames[place])
    return _forward(frames, found, settings.clock_tolerance)


def shown(time: datetime) -> str:
    """Return a time as the manifest says it.

    Args:
        time: with its zone.

    Returns:
        ISO 8601 with milliseconds.

    >>> shown(datetime(2026, 3, 1, 8, tzinfo=UTC))
    '2026-03-01T08:00:00.000+00:00'
    """
    if time.microsecond % 1000 >= 500:
        with suppress(OverflowError):  # the last moment of the calendar stays
            time += timedelta(microseconds=500)
    return time.isoformat(timespec="milliseconds")


def _counted(
    frames: Sequence[Frame], settings: CropSettings, begin: datetime | None
) -> dict[int, datetime]:
    """Count from the time of the first frame."""
    found = {}
    first: dict[str, int] = {}
    for frame in frames:
        if frame.number is not None:
            first[frame.camera] = min(first.get(frame.camera, frame.number), frame.number)
    named = _numbered(frames)
    for place, frame in enumerate(frames):
        text, fps = of_camera(settings.start, frame.camera), of_camera(settings.fps, frame.camera)
        if text is None:
            continue
        start = begin if text == OF_FILE else moment(text, settings.zone)
        if start is None:
            raise ConfigError("--start file: the file tells no time; give the time of its start")
        if fps is not None:
            count = (
                frame.number - first[frame.camera]
                if named and frame.number is not None
                else frame.index
            )
            per_second = rate(fps)
            assert per_second is not None  # settings are checked
            seconds = count / per_second
        elif frame.seconds is not None:
            seconds = frame.seconds
        else:
            raise ConfigError("--start is given without --fps; expected frames in a second too")
        found[place] = _moved(start, timedelta(seconds=float(seconds)), frame)
    return found


def _numbered(frames: Sequence[Frame]) -> bool:
    """Tell whether the numbers in names rise with every frame of a camera."""
    last: dict[str, int] = {}
    for frame in frames:
        if frame.number is None or frame.number <= last.get(frame.camera, -1):
            return False
        last[frame.camera] = frame.number
    return True


def _of_name(frame: Frame, pattern: str, zone: str | None) -> datetime:
    """Read the time in a frame's name."""
    name = frame.name.rpartition("/")[2]
    for text in (name.rpartition(".")[0], name):
        try:
            found = datetime.strptime(text, pattern)
        except (ValueError, re.error):
            continue
        if found.tzinfo is None:
            zoned = moment(found.isoformat(), zone)
            if zoned is None:
                raise ConfigError(f"--name-times {pattern!r} tells no zone; add %z or say --zone")
            return zoned
        return found
    raise DataError(f"the name of {frame.name} is not as --name-times {pattern!r} says")


def _of_boxes(
    frames: Sequence[Frame], placed: Sequence[tuple[int, Box]], zone: str | None
) -> dict[int, datetime]:
    """Take the times that stand beside boxes."""
    found: dict[int, datetime] = {}
    for place, box in placed:
        if not box.time:
            continue
        time = _read(box, zone)
        if found.setdefault(place, time) != time:
            raise DataError(
                f"{box.place}: frame {frames[place].name} was taken at {shown(time)}, and on an "
                f"earlier line at {shown(found[place])}; expected one time for a frame"
            )
    return found


def _read(box: Box, zone: str | None) -> datetime:
    """Read one time of a table."""
    found = moment(box.time, zone)
    if found is None and re.fullmatch(r"[0-9]{9,10}(\.[0-9]+)?", box.time):
        seconds = float(box.time)
        if SINCE_1970[0] <= seconds < SINCE_1970[1]:
            found = datetime.fromtimestamp(seconds, UTC)
    if found is None:
        raise DataError(
            f"{box.place}: timestamp is {box.time[:40]!r}; expected ISO 8601 with a zone such as "
            "2026-03-01T08:00:00+01:00, --zone beside it, or seconds since 1970"
        )
    return found


def _moved(time: datetime, by: timedelta, frame: Frame) -> datetime:
    try:
        return time + by
    except OverflowError:
        raise DataError(f"the time of {frame.name} is beyond the year 9999") from None


def _forward(
    frames: Sequence[Frame], found: Mapping[int, datetime], tolerance: float
) -> tuple[dict[int, datetime], list[str]]:
    """Even out times that run backwards by no more than the tolerance."""
    latest: dict[str, datetime] = {}
    result, evened = {}, 0
    for place in sorted(found):
        frame, time = frames[place], found[place]
        before = latest.get(frame.camera, time)
        if time < before:
            back = (before - time).total_seconds()
            if back > tolerance:
                raise DataError(
                    f"frame {frame.name} of camera {frame.camera} was taken {back:g} s before "
                    f"the one before it; more than {tolerance:g} (--clock-tolerance) are no drift"
                )
            evened += 1
        latest[frame.camera] = max(before, time)
        result[place] = latest[frame.camera]
    if not evened:
        return result, []
    count = number_of(evened, "frame")
    return result, [f"times of {count} ran backwards by up to {tolerance:g} s: evened out"]
