"""Who walks past a camera when, where and which way."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vireid.seeds import generator
from vireid.synthetic.camera import Camera, Track, track_of, wrap
from vireid.synthetic.scenes.settings import SceneSettings

NEAREST, FARTHEST = 1.0, 1.45
"""Distances from the camera, 1 being where people are largest."""
TALLEST = 0.55
"""Height of the frame that a person of 1.75 m fills where they are nearest."""
HORIZON = 0.06
"""Row in which the ground would meet the sky, a share of the frame's height."""
FALL = 0.84
"""Rows from there to the feet of who is nearest, likewise."""


@dataclass(frozen=True)
class Walk:
    """One person who walks through the view of a camera."""

    identity: int
    begin: float
    """Frame in which the person is at the border, from 0."""
    frames: float
    """Frames until the other border."""
    way: int
    """1 to the right, -1 to the left."""
    distance: tuple[float, float]
    """At the first and at the other border."""
    yaw: float
    """How far the person is turned from the camera, radians."""
    phase: float
    """Moment of the step in the first frame, radians."""
    pace: float
    """Radians of the step from frame to frame."""
    track: Track
    """How this walk is lit, and whether hands swing."""


@dataclass(frozen=True)
class Standing:
    """Where a walking person is in a frame."""

    column: float
    """Of the feet, pixels."""
    row: float
    """Of the feet, pixels."""
    metre: float
    """Pixels of a metre."""
    distance: float
    yaw: float
    phase: float


def walks_past(
    settings: SceneSettings, camera: Camera, recording: str, people: Sequence[int]
) -> list[Walk]:
    """Draw the walks past a camera, each person once, in an order of the camera's own.

    Args:
        settings: of the recordings.
        camera: the camera.
        recording: the name of the recording.
        people: numbers of the people.

    Returns:
        The walks in the order in which people enter.
    """
    rng = generator(settings.seed, "scene", recording, camera.number)
    order = rng.permutation(np.array(people)).tolist()
    light = track_of(settings.people, camera, 0)
    begin, found = 0.0, []
    for identity in order:
        found.append(_walk(settings, camera, (recording, identity, begin), light))
        begin += settings.gap * rng.uniform(0.35, 1.65)
    return found


def _walk(
    settings: SceneSettings, camera: Camera, who: tuple[str, int, float], light: Track
) -> Walk:
    """Draw one walk."""
    recording, identity, begin = who
    rng = generator(settings.seed, "walk", recording, camera.number, identity)
    own = track_of(settings.people, camera, identity)
    way = 1 if rng.random() < 0.5 else -1
    turn = rng.uniform(0.25, 1.25)  # how far from straight towards the camera
    if rng.random() < 0.3:
        turn = math.pi - turn  # walks away
    low, high = sorted(rng.uniform(NEAREST, FARTHEST, 2))
    towards = turn < math.pi / 2
    return Walk(
        identity=identity,
        begin=begin,
        frames=settings.frames_a_walk * rng.uniform(0.85, 1.15),
        way=way,
        distance=(high, low) if towards else (low, high),
        yaw=wrap(way * turn),
        phase=rng.uniform(0, 2 * math.pi),
        pace=rng.uniform(0.9, 1.3) * 2 * math.pi / settings.fps,
        track=replace(own, light=light.light, walking=True),
    )


def place_of(settings: SceneSettings, walk: Walk, frame: int) -> Standing | None:
    """Return where a person is in a frame.

    Args:
        settings: of the recordings.
        walk: the walk.
        frame: number of the frame, from 0.

    Returns:
        The place, or None where the person is not there.
    """
    done = (frame - walk.begin) / walk.frames
    if not -0.1 <= done <= 1.1:
        return None
    distance = walk.distance[0] + done * (walk.distance[1] - walk.distance[0])
    across = done if walk.way > 0 else 1 - done
    moment = frame - walk.begin
    return Standing(
        column=settings.width * across,
        row=settings.height * (HORIZON + FALL / distance),
        metre=settings.height * TALLEST / 1.75 / distance,
        distance=distance,
        yaw=wrap(walk.yaw + 0.12 * math.sin(0.9 * moment + walk.phase)),
        phase=walk.phase + walk.pace * moment,
    )
