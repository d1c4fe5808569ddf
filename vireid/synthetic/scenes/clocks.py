"""The cameras' clocks: when each recording begins, and how far a clock is off."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from vireid.seeds import generator
from vireid.synthetic.scenes.settings import CAMERAS, RECORDINGS, SceneSettings
from vireid.types import SYSU_CAMERAS

BEGIN = datetime.fromisoformat("2026-03-02T08:00:00+01:00")
"""When the first recording begins."""
LARGEST = 45.0
"""Seconds by which a camera's clock is off at most."""


@dataclass(frozen=True)
class Clock:
    """A camera's clock."""

    start: datetime
    """What it shows at the first frame."""
    fps: int
    off: float
    """Seconds to add to what it shows."""

    def at(self, frame: int) -> datetime:
        """Return what it shows at a frame.

        Args:
            frame: number from 1.

        Returns:
            The time.
        """
        return self.start + timedelta(seconds=(frame - 1) / self.fps)


def clocks_of(settings: SceneSettings, recording: str) -> dict[str, Clock]:
    """Draw the clocks of a recording; each camera's is off by the same in both.

    Args:
        settings: of the recordings.
        recording: its name.

    Returns:
        Clocks by camera.
    """
    found = {}
    for name in CAMERAS:
        rng = generator(settings.seed, "clock", name)
        off = round(float(rng.uniform(-LARGEST, LARGEST)), 1)
        begin = BEGIN + timedelta(days=RECORDINGS.index(recording))
        found[name] = Clock(begin - timedelta(seconds=off), settings.fps, off)
    return found


def clock_file(clocks: Mapping[str, Clock]) -> str:
    """Return a table of clocks.

    Args:
        clocks: by camera.

    Returns:
        camera, modality, start, frames in a second, seconds to add.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("camera", "modality", "start", "fps", "seconds_to_add"))
    for name, clock in clocks.items():
        modality = SYSU_CAMERAS[CAMERAS[name]].name.lower()
        start = clock.start.isoformat(timespec="milliseconds")
        table.writerow((name, modality, start, clock.fps, clock.off))
    return text.getvalue()
