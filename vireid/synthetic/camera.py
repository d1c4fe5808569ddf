"""Six cameras, and what one of them sees of a person on one walk past it."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vireid.seeds import generator
from vireid.synthetic.materials import Array
from vireid.synthetic.rig import Band, Scene
from vireid.synthetic.settings import SyntheticSettings
from vireid.types import Modality

Occluder = Literal["none", "pole", "counter", "leaves"]

_ACTIVE = (0.75, 0.22, 0.04)
"""Strength, ambient light and light from above where the camera carries a lamp."""
_GLOWING = (0.17, 0.83, 0.0)
"""The same where bodies shine by themselves, a little less towards their outlines."""


@dataclass(frozen=True)
class Camera:
    """What stays the same in all pictures of a camera."""

    number: int
    """What tells it from the others of the rig."""
    file_number: int
    """The camera number that files state."""
    band: Band
    """The light it records."""
    modality: Modality
    walks: int
    """The camera whose walks it sees: its own number, or that of the one beside it."""
    scene: Scene
    base_yaw: float
    """How far people are turned from it, radians."""
    elevation: float
    """How far it looks down, radians."""
    cast: Array
    """[3] factor on red, green and blue."""
    exposure: float
    haze: float
    """Light added everywhere, as a share of white."""
    saturation: float
    blur: float
    """Standard deviation in pixels of an image of 128x64."""
    noise: float
    """Standard deviation as a share of white, as displayed."""
    vignette: float
    hue: float
    """The usual hue of the background, 0 to 1."""
    scene_strength: float
    """How strongly the background stands out against an even grey, 0 to 1."""


@dataclass(frozen=True)
class Track:
    """What stays the same in all pictures of one person by one camera."""

    yaw: float
    """Radians in [-pi, pi]."""
    reversed: bool
    walking: bool
    light: Array
    """[8] as the renderer takes it."""
    exposure: float
    tint: Array
    """[3] factor on the light."""
    hue: float
    brightness: float
    """Factor on the background."""
    distance: float
    """Factor on the person's size."""
    blur: float


@dataclass(frozen=True)
class Shot:
    """What differs from picture to picture of a track."""

    yaw: float
    """Radians in [-pi, pi]."""
    phase: float
    """Moment of the step, radians."""
    shift: tuple[float, float]
    """How far the person is from the centre, shares of the picture's width and height."""
    scale: float
    exposure: float
    nod: float
    occluder: Occluder


def wrap(angle: float) -> float:
    """Return an angle in [-pi, pi).

    Args:
        angle: radians.

    Returns:
        The same direction in [-pi, pi).

    >>> round(wrap(3 * math.pi / 2), 4)
    -1.5708
    """
    return (angle + math.pi) % (2 * math.pi) - math.pi


def view_of(yaw: float) -> Literal["front", "side", "back"]:
    """Return which side of a person is seen.

    Args:
        yaw: how far the person is turned from the camera, radians.

    Returns:
        "front" up to 45 degrees, "back" from 135 degrees, "side" between.

    >>> view_of(0.3), view_of(-1.5), view_of(3.0)
    ('front', 'side', 'back')
    """
    turned = abs(wrap(yaw))
    if turned <= math.pi / 4:
        return "front"
    return "back" if turned >= 3 * math.pi / 4 else "side"


def camera_of(settings: SyntheticSettings, number: int) -> Camera:
    """Return a camera of the data set.

    Args:
        settings: the data set's settings.
        number: number of a camera of the rig.

    Returns:
        The camera.
    """
    rng = generator(settings.seed, "camera", number)
    mount, look = settings.rig.mount(number), settings.look_strength
    cast = np.power(np.array(mount.cast) * np.exp(rng.normal(0.0, 0.04, 3)), look)
    exposure = mount.exposure * math.exp(rng.normal(0.0, 0.08))
    own_yaw = mount.base_yaw
    return Camera(
        number=number,
        file_number=mount.file_number,
        band=mount.band,
        modality=mount.modality,
        walks=mount.twin or number,
        scene=mount.scene,
        base_yaw=settings.base_yaws[number - 1] if own_yaw is None else own_yaw,
        elevation=mount.elevation + rng.uniform(-0.03, 0.03),
        cast=cast if mount.band == "visible" else np.ones(3),
        exposure=exposure**look,
        haze=mount.haze * look,
        saturation=1.0 + look * rng.uniform(-0.25, 0.1),
        blur=mount.blur,
        noise=mount.noise * settings.noise_strength,
        vignette=rng.uniform(0.1, 0.35) * look,
        hue=rng.uniform(0.0, 1.0),
        scene_strength=settings.scene_strength,
    )


def track_of(settings: SyntheticSettings, camera: Camera, identity: int) -> Track:
    """Draw how a person walks past a camera.

    Args:
        settings: the data set's settings.
        camera: the camera.
        identity: number of the identity.

    Returns:
        The track.
    """
    rng = generator(settings.seed, "track", identity, camera.walks)
    strength = settings.light_strength
    yaw = camera.base_yaw + rng.uniform(-settings.yaw_spread, settings.yaw_spread)
    opposite = bool(rng.random() < settings.reversed_share)
    azimuth, height = rng.uniform(-1.2, 1.2), rng.uniform(0.3, 1.0)
    direction = np.array((math.sin(azimuth), height, math.cos(azimuth)))
    direction /= np.linalg.norm(direction)
    diffuse, ambient, sky = rng.uniform(0.35, 0.75), rng.uniform(0.3, 0.42), rng.uniform(0.1, 0.25)
    if camera.band != "visible":
        direction = np.array((0.0, 0.0, 1.0))
        diffuse, ambient, sky = _ACTIVE if camera.band == "near infrared" else _GLOWING
    folds = (rng.uniform(0.03, 0.07), rng.uniform(0.0, 6.28))
    return Track(
        yaw=wrap(yaw + math.pi * opposite),
        reversed=opposite,
        walking=bool(rng.random() < 0.85),
        light=np.array((*direction, diffuse, ambient, sky, *folds)),
        exposure=math.exp(strength * rng.normal(0.0, 0.12)),
        tint=np.exp(strength * rng.normal(0.0, 0.035, 3)),
        hue=camera.hue + 0.06 * strength * rng.normal(),
        brightness=math.exp(strength * rng.normal(0.0, 0.16)),
        distance=rng.uniform(0.95, 1.05),
        blur=rng.uniform(0.8, 1.3),
    )


def shot_of(
    settings: SyntheticSettings, camera: Camera, track: Track, name: tuple[int, int]
) -> Shot:
    """Draw one picture of a track.

    Args:
        settings: the data set's settings.
        camera: the camera.
        track: the track.
        name: number of the identity and of the image, from 1.

    Returns:
        The shot.
    """
    rng = generator(settings.seed, "image", name[0], camera.number, name[1], "shot")
    hidden = rng.random() < settings.occluder_share
    occluders: tuple[Occluder, ...] = ("pole", "counter", "leaves")
    occluder = occluders[rng.integers(3)]
    return Shot(
        yaw=wrap(track.yaw + rng.uniform(-settings.track_jitter, settings.track_jitter)),
        phase=rng.uniform(0.0, 2 * math.pi),
        shift=(rng.uniform(-0.05, 0.05), rng.uniform(-0.02, 0.02)),
        scale=rng.uniform(0.95, 1.04),
        exposure=math.exp(rng.normal(0.0, 0.05)),
        nod=rng.normal(0.06, 0.1),
        occluder=occluder if hidden else "none",
    )
