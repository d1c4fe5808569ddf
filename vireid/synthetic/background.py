"""What lies behind a person: a scene for each camera, drawn anew for each track."""

import colorsys
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vireid.synthetic.camera import Camera, Track
from vireid.synthetic.materials import Array
from vireid.synthetic.rig import Band, Scene

_EVEN: dict[Band, float] = {"visible": 0.5, "near infrared": 0.3, "thermal": 0.24}
"""The grey that a scene fades to."""


@lru_cache(maxsize=64)
def _stretch(length: int, knots: int) -> Array:
    """Return [length, knots] weights of linear interpolation."""
    place = np.linspace(0.0, knots - 1.0, length)
    return np.maximum(0.0, 1.0 - np.abs(place[:, None] - np.arange(knots)))


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], knots: tuple[int, int]) -> Array:
    """Draw noise that varies smoothly.

    Args:
        rng: source of randomness.
        shape: height H and width W.
        knots: values down and across, each 2 or more, between which to interpolate.

    Returns:
        [H, W] values in [-1, 1].
    """
    values = rng.uniform(-1.0, 1.0, knots)
    return _stretch(shape[0], knots[0]) @ values @ _stretch(shape[1], knots[1]).T


def _colour(hue: float, saturation: float, value: float) -> Array:
    return np.array(colorsys.hsv_to_rgb(hue % 1.0, saturation, min(max(value, 0.0), 1.0)))


def draw_background(
    rng: np.random.Generator, camera: Camera, track: Track, shape: tuple[int, int]
) -> Array:
    """Draw the scene behind a track.

    Args:
        rng: source of randomness.
        camera: whose scene.
        track: hue and brightness of this walk.
        shape: height H and width W in pixels.

    Returns:
        [H, W, 3] linear light in [0, 1] before the camera's look.
    """
    height, width = shape
    y = np.linspace(0.0, 1.0, height)[:, None]
    x = np.linspace(0.0, width / height, width)[None] + rng.uniform(0.0, 1.0)
    horizon = 0.72 - 0.5 * camera.elevation + rng.uniform(-0.03, 0.05)
    wall = _WALLS[camera.scene](rng, x, y, shape)
    grain = 0.5 * smooth_noise(rng, shape, (7, 4)) + 0.5 * smooth_noise(rng, shape, (30, 16))
    floor = 0.9 + 0.35 * (y - horizon) + 0.12 * grain
    tone, ground = _tones(rng, camera, track)
    lit = (1.0 + 0.08 * grain)[..., None]
    scene = np.where((y < horizon)[..., None], wall[0] * lit * tone, floor[..., None] * ground)
    if wall[1] is not None:
        accent = _colour(0.58 + 0.1 * track.hue, 0.25, 0.3)
        if camera.band == "thermal":
            accent = np.full(3, 0.12)  # glass mirrors the cold sky
        scene = np.where((wall[1] & (y < horizon))[..., None], accent, scene)
    scene *= (1.0 - 0.35 * np.exp(-np.square((y - horizon) / 0.03)))[..., None]
    scene = _EVEN[camera.band] + camera.scene_strength * (scene - _EVEN[camera.band])
    return np.square(np.clip(scene * track.brightness, 0.02, 1.0))


_TONES: dict[Scene, tuple[float, float, float]] = {
    "wall": (0.16, 0.66, 0.34), "tiles": (0.14, 0.72, 0.4), "foliage": (0.37, 0.5, 0.42),
    "street": (0.2, 0.56, 0.28), "corridor": (0.12, 0.62, 0.38), "yard": (0.25, 0.48, 0.26),
}  # fmt: skip
"""Saturation and brightness of a scene in visible light, its grey in infrared."""


def _tones(rng: np.random.Generator, camera: Camera, track: Track) -> tuple[Array, Array]:
    """Return the colours of wall and floor."""
    if camera.band != "visible":
        wall = _TONES[camera.scene][2] * np.exp(rng.normal(0.0, 0.12))
        return np.full(3, wall), np.full(3, wall * rng.uniform(0.7, 1.1))
    saturation, value, _ = _TONES[camera.scene]
    hue = 0.24 + 0.09 * np.sin(6.28 * track.hue) if camera.scene == "foliage" else track.hue
    wall = _colour(hue, saturation * rng.uniform(0.5, 1.4), value)
    floor = _colour(track.hue + 0.1, 0.1, value * rng.uniform(0.65, 0.95))
    return wall, floor


Wall = tuple[Array, NDArray[np.bool_] | None]


def _wall(rng: np.random.Generator, x: Array, y: Array, shape: tuple[int, int]) -> Wall:
    panel = (x % 0.27) < 0.012
    dado = y > rng.uniform(0.42, 0.5)
    shade = 1.0 + 0.15 * smooth_noise(rng, shape, (3, 3)) - 0.22 * dado
    return (shade * (1.0 - 0.25 * panel))[..., None], None


def _tiles(rng: np.random.Generator, x: Array, y: Array, shape: tuple[int, int]) -> Wall:
    size = 0.11
    joint = ((x % size) < 0.01) | ((y % size) < 0.01)
    number = np.floor(x / size) * 7.0 + np.floor(y / size) * 13.0
    shade = 1.0 + 0.05 * np.sin(number * 2.4) + 0.08 * smooth_noise(rng, shape, (3, 2))
    return (shade * (1.0 - 0.18 * joint))[..., None], None


def _street(rng: np.random.Generator, x: Array, y: Array, shape: tuple[int, int]) -> Wall:
    across, down = x % 0.26, (y + 0.04) % 0.27
    window = (across > 0.05) & (across < 0.19) & (np.abs(across - 0.12) > 0.006) & (down > 0.05)
    window &= (down < 0.21) & (y < 0.5)
    shade = 1.0 + 0.12 * smooth_noise(rng, shape, (5, 3)) - 0.2 * ((y > 0.5) & (y < 0.52))
    return shade[..., None], window


def _foliage(rng: np.random.Generator, _x: Array, _y: Array, shape: tuple[int, int]) -> Wall:
    leaves = smooth_noise(rng, shape, (42, 22)) + 0.8 * smooth_noise(rng, shape, (14, 8))
    shade = 0.95 + 0.42 * leaves + 0.25 * smooth_noise(rng, shape, (4, 3))
    warm = 1.0 + 0.14 * smooth_noise(rng, shape, (9, 5))
    return np.stack((shade * warm, shade, shade * (2.0 - warm)), axis=-1), None


def _corridor(rng: np.random.Generator, x: Array, y: Array, shape: tuple[int, int]) -> Wall:
    door = (((x + 0.1) % 0.62) < 0.2) & (y > 0.12)
    rail = np.abs(y - 0.46) < 0.012
    shade = 1.0 + 0.1 * smooth_noise(rng, shape, (3, 3)) - 0.2 * door + 0.2 * rail
    return shade[..., None], None


def _yard(rng: np.random.Generator, x: Array, y: Array, shape: tuple[int, int]) -> Wall:
    bushes = smooth_noise(rng, shape, (26, 14)) + 0.6 * smooth_noise(rng, shape, (9, 5))
    fence = ((x % 0.075) < 0.012) & (y > 0.3)
    return (0.9 + 0.35 * bushes + 0.3 * fence)[..., None], None


_WALLS = {
    "wall": _wall, "tiles": _tiles, "street": _street, "foliage": _foliage, "corridor": _corridor,
    "yard": _yard,
}  # fmt: skip
