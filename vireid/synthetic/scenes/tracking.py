"""What a tracker would say of the people in frames: boxes not quite exact, tracks that break."""

from collections.abc import Sequence
from dataclasses import dataclass

from vireid.seeds import generator
from vireid.synthetic.scenes.filming import Seen
from vireid.synthetic.scenes.settings import SceneSettings

LOST = 0.3
"""Share of a person below which a tracker loses them; they get another track afterwards."""
NARROW = 8
"""Pixels of width below which a tracker sees nobody at the border."""
JITTER = 0.02
"""Standard deviation of a box's edges, a share of its height."""
FALSE = 0.04
"""Share of the frames with a box where nobody is, of little confidence."""

Four = tuple[float, float, float, float]


@dataclass(frozen=True)
class Tracked:
    """One box of a tracker, and what is true of it."""

    frame: int
    """Number of the frame, from 1."""
    track: int
    """Number of the track in its camera, from 1."""
    box: Four
    """Left, top, width and height inside the frame, in pixels of two decimals."""
    confidence: float
    identity: int | None
    """Who it is; None where nobody is."""
    true_box: Four
    """The exact box, inside the frame."""
    visible: float


def track_people(
    settings: SceneSettings, recording: str, camera: str, frames: Sequence[Sequence[Seen]]
) -> list[Tracked]:
    """Track people through the frames of a camera.

    Args:
        settings: of the recordings.
        recording: its name.
        camera: its name.
        frames: who is seen in each frame.

    Returns:
        Boxes by frame and track.
    """
    rng = generator(settings.seed, "tracker", recording, camera)
    size = settings.width, settings.height
    found: list[Tracked] = []
    current: dict[int, int] = {}
    count = 0
    for number, seen in enumerate(frames, start=1):
        there = {}
        for person in seen:
            exact = _inside(person.box, size)
            moved = rng.normal(0, JITTER * person.box[3], 4).tolist()
            box = _inside(tuple(a + b for a, b in zip(person.box, moved, strict=True)), size)
            if person.visible < LOST or min(exact[2], box[2]) < NARROW or box[3] < NARROW:
                continue
            if person.identity not in current:
                count += 1
            there[person.identity] = current.get(person.identity, count)
            sure = round(min(0.99, 0.55 + 0.42 * person.visible + rng.normal(0, 0.02)), 3)
            track = there[person.identity]
            found.append(Tracked(number, track, box, sure, person.identity, exact, person.visible))
        current = there
        if rng.random() < FALSE:
            count += 1
            found.append(_false(number, count, size, rng.uniform(size=5).tolist()))
    return sorted(found, key=lambda one: (one.frame, one.track))


def _inside(box: Sequence[float], size: tuple[int, int]) -> Four:
    """Return the part of a box inside the frame."""
    left, top = (min(max(box[k], 0.0), size[k]) for k in range(2))
    right, bottom = (min(max(box[k] + box[k + 2], 0.0), size[k]) for k in range(2))
    return round(left, 2), round(top, 2), round(right - left, 2), round(bottom - top, 2)


def _false(number: int, track: int, size: tuple[int, int], draws: Sequence[float]) -> Tracked:
    """Return a box where nobody is."""
    high = size[1] * (0.2 + 0.2 * draws[0])
    wide = 0.4 * high
    corner = draws[1] * (size[0] - wide), draws[2] * (size[1] - high)
    box = _inside((*corner, wide, high), size)
    return Tracked(number, track, box, round(0.15 + 0.3 * draws[3], 3), None, box, 0.0)
