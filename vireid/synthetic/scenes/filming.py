"""The frames of one camera: people on a scene, near ones in front of far ones."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vireid.seeds import generator
from vireid.synthetic.background import draw_background
from vireid.synthetic.camera import Camera, Shot, camera_of, track_of
from vireid.synthetic.look import through_camera
from vireid.synthetic.materials import Array
from vireid.synthetic.picture import gait_of
from vireid.synthetic.portrait import CROP, Dressed, Portrait, dress, portray
from vireid.synthetic.scenes.settings import CAMERAS, SceneSettings
from vireid.synthetic.scenes.walks import Standing, Walk, place_of, walks_past
from vireid.synthetic.wardrobe import draw_person

WIDE = 0.62
"""Width of the picture that a person is drawn in, a share of its height."""
SOLID = 0.5
"""Coverage from which a pixel shows a person."""
USUAL = 128.0
"""Height of a picture for which the blur of cameras is given."""


@dataclass(frozen=True)
class Seen:
    """A person in a frame."""

    identity: int
    box: tuple[float, float, float, float]
    """Left, top, width and height of all that would be seen of them without others, and beyond
    the frame too, in pixels."""
    visible: float
    """Share of them that is seen, 0 to 1."""


@dataclass(frozen=True)
class Filmed:
    """A frame."""

    pixels: NDArray[np.uint8]
    """[H, W, 3], or [H, W] of an infrared camera."""
    seen: tuple[Seen, ...]
    """People of whom something is seen, by identity."""


def film_camera(settings: SceneSettings, recording: str, name: str) -> Iterator[Filmed]:
    """Film a recording by one camera.

    Args:
        settings: of the recordings.
        recording: its name.
        name: of the camera.

    Yields:
        Frames in their order.
    """
    people = settings.of(recording)
    camera = camera_of(settings.people, CAMERAS[name])
    walks = walks_past(settings, camera, recording, people)
    dressed = {k: dress(draw_person(settings.people, k)) for k in people}
    track = track_of(settings.people, camera, 0)
    shape = (settings.height, settings.width)
    rng = generator(settings.seed, "scene", recording, name, "background")
    scene = draw_background(rng, camera, track, shape)
    soft = replace(camera, blur=camera.blur * USUAL / settings.height)
    shot = Shot(0.0, 0.0, (0.0, 0.0), 1.0, 1.0, 0.0, "none")
    last = math.ceil(max(walk.begin + 1.1 * walk.frames for walk in walks))
    for number in range(last):
        there = [(walk, place_of(settings, walk, number)) for walk in walks]
        present = sorted(
            ((walk, place) for walk, place in there if place is not None),
            key=lambda one: (-one[1].distance, one[0].identity),
        )
        picture, seen = _drawn(scene, camera, dressed, present)
        rng = generator(settings.seed, "frame", recording, name, number)
        pixels = through_camera(picture, rng, soft, track, shot)
        yield Filmed(pixels[..., 0] if pixels.shape[2] == 1 else pixels, seen)


def _drawn(
    scene: Array, camera: Camera, dressed: dict[int, Dressed], present: list[tuple[Walk, Standing]]
) -> tuple[Array, tuple[Seen, ...]]:
    """Draw people on a scene, the farthest first."""
    picture = scene.copy()
    owner = np.zeros(scene.shape[:2], np.int64)
    found = {}
    for _, place in present:
        _shade(picture, place)
    for walk, place in present:
        portrait, corner = _portrait(walk, place, camera, dressed[walk.identity])
        solid = portrait.light[..., 3] > SOLID
        if solid.any():
            found[walk.identity] = (_box(solid, corner), int(solid.sum()))
            _lay(picture, owner, portrait, corner, walk.identity)
    seen = [
        Seen(identity, box, float((owner == identity).sum() / count))
        for identity, (box, count) in sorted(found.items())
    ]
    return picture, tuple(one for one in seen if one.visible > 0)


def _portrait(
    walk: Walk, place: Standing, camera: Camera, dressed: Dressed
) -> tuple[Portrait, tuple[int, int]]:
    """Return a person against nothing, and the frame's row and column of its corner."""
    height = math.ceil(CROP * place.metre)
    width = math.ceil(WIDE * height)
    top, left = place.row - 0.95 * height, place.column - 0.5 * width
    corner = math.floor(top), math.floor(left)
    shift = ((left - corner[1]) / width, (top - corner[0]) / height)
    shot = Shot(place.yaw, place.phase, (0.0, 0.0), 1.0, 1.0, 0.05, "none")
    portrait = portray(
        dressed,
        gait_of(dressed.person, walk.track, shot),
        (place.yaw, camera.elevation),
        (height, width),
        walk.track.light,
        (*shift, CROP * place.metre / height),
        camera.band,
    )
    if camera.band != "visible":  # the camera's lamp reaches those less who are far away
        light = portrait.light.copy()
        light[..., :3] /= place.distance**0.8
        portrait = replace(portrait, light=light)
    return portrait, corner


def _common(
    shape: tuple[int, ...], size: tuple[int, ...], corner: tuple[int, int]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return which part of a frame a picture at a corner covers, and which part of it that is."""
    frame, inner = [], []
    for k in range(2):
        low, high = max(0, corner[k]), max(0, min(shape[k], corner[k] + size[k]))
        frame.append(slice(low, max(low, high)))
        inner.append(slice(low - corner[k], max(low, high) - corner[k]))
    return (frame[0], frame[1]), (inner[0], inner[1])


def _lay(
    picture: Array, owner: NDArray[np.int64], portrait: Portrait, corner: tuple[int, int],
    identity: int,
) -> None:  # fmt: skip
    """Lay a person over what is drawn."""
    frame, inner = _common(picture.shape, portrait.light.shape, corner)
    light = portrait.light[inner]
    picture[frame] = picture[frame] * (1.0 - light[..., 3:]) + light[..., :3]
    owner[frame][light[..., 3] > SOLID] = identity


def _shade(picture: Array, place: Standing) -> None:
    """Darken the ground round the feet."""
    height, width = picture.shape[:2]
    y = (np.arange(height)[:, None] - place.row) / (0.12 * place.metre)
    x = (np.arange(width)[None] - place.column) / (0.36 * place.metre)
    picture *= (1.0 - 0.5 * np.exp(-np.square(y) - np.square(x)))[..., None]


def _box(solid: NDArray[np.bool_], corner: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return the box round a person."""
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    top, left = int(rows[0]) + corner[0], int(columns[0]) + corner[1]
    width, height = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
    return float(left), float(top), float(width), float(height)
