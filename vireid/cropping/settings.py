"""What is cut out of frames and how, checked where it is made."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from fractions import Fraction
from math import isfinite
from typing import Any, Literal, get_args

from vireid.cropping.boxes import Form, Format
from vireid.errors import BELOW_ONE, FROM_ONE, FROM_ZERO, SHARE, ConfigError, outside
from vireid.types import Modality

ANY = ""
"""Stands for all cameras that are not named, in mappings by camera."""
OF_FILE = "file"
"""A start that a video's own file tells."""
_RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{0,9}|/[0-9]{1,9})?")
MODALITIES = tuple(kind.name.lower() for kind in Modality)
IMAGES = ("png", "jpeg")
Picture = Literal["png", "jpeg"]
"""How crops are written: without loss, or as JPEG of quality 95 with colours of full resolution.
Crops of 16 bits are always PNG, those of 32 bits TIFF."""


@dataclass(frozen=True)
class CropSettings:
    """What is cut out of frames and how. Of mappings, the name "" stands for all other cameras."""

    modality: Mapping[str, str] = field(default_factory=dict)
    """visible or infrared, by camera."""
    camera: str | None = None
    """The camera of all frames; if not given, the first folder of a frame's path names it."""
    recording: str = ""
    """Keeps tracks of several recordings of a camera apart."""
    format: Format | None = None
    """Of the boxes; recognised by content if not given."""
    form: Form | None = None
    """What the four numbers of a box are, where the file does not mean what its format says."""
    first_frame: int | None = None
    """The number that boxes give to the first frame; they then count frames in order."""
    classes: tuple[str, ...] = ()
    """Categories to keep, as the file says them; people if none is given."""
    min_confidence: float = 0.0
    """Boxes of a lower confidence are left out; those without any stay. At least 0; 0 keeps all."""
    min_width: int = 1
    """Smallest width of a box inside its frame, in pixels, at least 1."""
    min_height: int = 1
    """Smallest height of a box inside its frame, in pixels, at least 1."""
    min_inside: float = 0.5
    """Boxes of which a smaller share lies in the frame are left out, 0 to 1."""
    max_overlap: float = 1.0
    """Boxes of which one other box covers a larger share are left out, 0 to 1."""
    margin: float = 0.0
    """How much more is cut out on each side, a share of the box's width or height, below 1."""
    every: int = 1
    """Only every n-th frame of a camera is taken."""
    best: int | None = None
    """How many crops of a track are kept; all if not given."""
    start: Mapping[str, str] = field(default_factory=dict)
    """ISO 8601 time with a zone of the first frame, by camera; "file" takes the video's own."""
    fps: Mapping[str, str] = field(default_factory=dict)
    """Frames in a second, by camera, such as 25 or 30000/1001."""
    zone: str | None = None
    """Zone of times that name none, such as +02:00 or Z."""
    name_times: str | None = None
    """Pattern of ``strptime`` by which names of frames tell times."""
    clock: Mapping[str, float] = field(default_factory=dict)
    """Seconds to add to the times of a camera."""
    clock_tolerance: float = 1.0
    """Seconds by which times may run backwards; they are evened out."""
    image_format: Picture = "png"

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: a field is out of its range.
        """
        found = [
            *outside("", self, FROM_ZERO, "min_confidence", "clock_tolerance"),
            *outside("", self, FROM_ONE, "min_width", "min_height", "every"),
            *outside("", self, SHARE, "min_inside", "max_overlap"),
            *outside("", self, BELOW_ONE, "margin"),
        ]
        if self.best is not None:
            found += outside("", self, FROM_ONE, "best")
        if self.first_frame is not None:
            found += outside("", self, FROM_ZERO, "first_frame")
        found += [*self._choices(), *self._names(), *self._times()]
        if found:
            raise ConfigError("; ".join(found))

    def _choices(self) -> list[str]:
        """Return what is wrong with words that are chosen from some."""
        wrong = [
            f"modality is {word!r}; expected visible or infrared"
            for word in self.modality.values()
            if word not in MODALITIES
        ]
        for name, known in (("format", get_args(Format)), ("form", get_args(Form))):
            value = getattr(self, name)
            if value is not None and value not in known:
                wrong.append(f"{name} is {value!r}; expected {', '.join(known)}")
        if self.image_format not in IMAGES:
            wrong.append(f"image_format is {self.image_format!r}; expected {', '.join(IMAGES)}")
        return wrong

    def _names(self) -> list[str]:
        """Return what is wrong with names."""
        wrong = []
        for name in ("camera", "recording"):
            value = getattr(self, name)
            if (value is not None and value != value.strip()) or (value == "" and name == "camera"):
                wrong.append(f"{name} is {value!r}; expected a name without blanks at its ends")
        return wrong

    def _times(self) -> list[str]:
        """Return what is wrong with the settings of times."""
        wrong = []
        for text in self.start.values():
            if text != OF_FILE and moment(text, self.zone) is None:
                wrong.append(
                    f"start is {text!r}; expected a time like 2026-03-01T08:00:00+01:00, with its "
                    "zone or with --zone"
                )
        for text in self.fps.values():
            if rate(text) is None:
                wrong.append(f"fps is {text!r}; expected a number above 0, such as 25")
        for seconds in self.clock.values():
            if not (isfinite(seconds) and abs(seconds) < 1e10):
                wrong.append(f"clock is {seconds}; expected seconds")
        if self.zone is not None and moment("2026-01-01T00:00:00", self.zone) is None:
            wrong.append(f"zone is {self.zone!r}; expected an offset like +02:00, or Z")
        if self.name_times is not None and self.start:
            wrong.append("start and name_times are given; expected one of them")
        return wrong

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as values that JSON can hold."""
        return asdict(self) | {"classes": list(self.classes)}


def of_camera(values: Mapping[str, Any], camera: str) -> Any:
    """Return what a mapping says of a camera.

    Args:
        values: by camera; "" stands for all that are not named.
        camera: its name.

    Returns:
        The value, or None.
    """
    return values.get(camera, values.get(ANY))


def moment(text: str, zone: str | None = None) -> datetime | None:
    """Read a time with its zone.

    Args:
        text: ISO 8601.
        zone: an offset for a text that names none.

    Returns:
        The time, or None where the text is no time or has no zone.

    >>> moment("2026-03-01T08:00:00", "+01:00").isoformat()
    '2026-03-01T08:00:00+01:00'
    """
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None and zone is not None:
            found = datetime.fromisoformat(f"{found.isoformat()}{zone}")
    except ValueError:
        return None
    return None if found.tzinfo is None else found


def rate(text: str) -> Fraction | None:
    """Read how many frames there are in a second.

    Args:
        text: a number or a fraction.

    Returns:
        The rate, or None where the text is none.

    >>> rate("30000/1001"), rate("0")
    (Fraction(30000, 1001), None)
    """
    if not _RATE.fullmatch(text):  # before a huge exponent is worked out
        return None
    try:
        found = Fraction(text)
    except ZeroDivisionError:
        return None
    return found if 0 < found < 10**6 else None
