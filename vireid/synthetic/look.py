"""What happens to light on its way: shadow, things in front, the camera's own look."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vireid.synthetic.background import smooth_noise
from vireid.synthetic.camera import Camera, Shot, Track
from vireid.synthetic.materials import Array
from vireid.synthetic.portrait import Portrait


def with_shadow(scene: Array, portrait: Portrait, track: Track, elevation: float) -> Array:
    """Darken the ground round the feet.

    Args:
        scene: [H, W, 3] linear light.
        portrait: tells where the feet are.
        track: tells where the light comes from.
        elevation: how far the camera looks down, radians.

    Returns:
        [H, W, 3] linear light.
    """
    height, width = scene.shape[:2]
    row, column = portrait.foot
    flat = 0.035 + 0.25 * math.sin(elevation)
    lean = -track.light[0] * 0.12 * height
    y = (np.arange(height)[:, None] - row) / (flat * 0.55 * height)
    x = (np.arange(width)[None] - column - 0.5 * lean) / (0.13 * height + 0.3 * abs(lean))
    dark = 0.55 * np.exp(-np.square(x) - np.square(y))
    shaded: Array = scene * (1.0 - dark)[..., None]
    return shaded


def with_patches(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """Let warmth vary over a body: cloth is warm where it touches the skin, cool where it hangs.

    Args:
        portrait: a person in thermal light.
        rng: source of randomness.

    Returns:
        The person with warmer and cooler patches.
    """
    patches = 1.0 + 0.13 * smooth_noise(rng, portrait.light.shape[:2], (14, 7))
    light = portrait.light.copy()
    light[..., :3] *= patches[..., None]
    return replace(portrait, light=light)


def occlude(picture: Array, rng: np.random.Generator, shot: Shot, tone: Array) -> Array:
    """Draw something in front of the person.

    Args:
        picture: [H, W, 3] linear light.
        rng: source of randomness.
        shot: tells what to draw.
        tone: [3] usual light of the scene.

    Returns:
        [H, W, 3] linear light.
    """
    height, width = picture.shape[:2]
    y, x = np.arange(height)[:, None] / height, np.arange(width)[None] / width
    if shot.occluder == "pole":
        left = rng.uniform(0.1, 0.8)
        cover = (x > left) & (x < left + rng.uniform(0.08, 0.16)) & (y >= 0.0)
    elif shot.occluder == "counter":
        cover = (y > rng.uniform(0.66, 0.82)) & (x >= 0.0)
    else:
        bush = smooth_noise(rng, (height, width), (16, 9))
        corner = x if rng.random() < 0.5 else 1.0 - x
        cover = (y * 0.9 + corner * 0.8 + 0.3 * bush) > rng.uniform(1.1, 1.3)
    shade = (
        tone
        * rng.uniform(0.35, 0.9)
        * (1.0 + 0.15 * smooth_noise(rng, (height, width), (9, 6)))[..., None]
    )
    return np.where(cover[..., None], shade, picture)


def blurred(picture: Array, sigma: float) -> Array:
    """Return a picture under a Gaussian blur.

    Args:
        picture: [H, W, channels] any values.
        sigma: standard deviation in pixels, above 0.

    Returns:
        [H, W, channels] blurred values; the edges are repeated outwards.
    """
    reach = max(1, math.ceil(2.5 * sigma))
    weights = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1) / sigma))
    weights /= weights.sum()
    for axis in (0, 1):
        pad = [(reach, reach) if k == axis else (0, 0) for k in range(3)]
        padded = np.pad(picture, pad, mode="edge")
        size = picture.shape[axis]
        window = [slice(None)] * 3
        total = np.zeros_like(picture)
        for k, weight in enumerate(weights):
            window[axis] = slice(k, k + size)
            total += weight * padded[tuple(window)]
        picture = total
    return picture


def through_camera(
    picture: Array, rng: np.random.Generator, camera: Camera, track: Track, shot: Shot
) -> NDArray[np.uint8]:
    """Apply a camera's look: exposure, colour cast, vignette, blur, noise.

    Args:
        picture: [H, W, 3] linear light.
        rng: source of the noise.
        camera: whose look.
        track: its exposure and tint.
        shot: its exposure.

    Returns:
        [H, W, 3] displayed values; one channel for an infrared camera.
    """
    height, width = picture.shape[:2]
    y = np.linspace(-1.0, 1.0, height)[:, None]
    x = np.linspace(-1.0, 1.0, width)[None]
    infrared = camera.band != "visible"
    fall = camera.vignette * (0.3 if camera.band == "thermal" else 1.0)
    fall += 0.35 if camera.band == "near infrared" else 0.0
    gain = camera.exposure * track.exposure * shot.exposure / (1.0 + fall * (x * x + 0.8 * y * y))
    picture = picture[..., : 1 if infrared else 3] * gain[..., None]
    if not infrared:
        picture = picture * (camera.cast * track.tint)
        grey = picture.mean(axis=2, keepdims=True)
        picture = grey + camera.saturation * (picture - grey)
    picture = np.maximum(picture, 0.0) * (1.0 - camera.haze) + camera.haze
    picture = blurred(picture, camera.blur * track.blur * height / 128.0)
    shown = np.sqrt(np.minimum(picture, 1.0))
    shown = shown + camera.noise * rng.standard_normal(shown.shape)
    if camera.band == "thermal":
        shown = shown + 0.5 * camera.noise * rng.standard_normal((1, width, 1))
    return (np.clip(shown, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
