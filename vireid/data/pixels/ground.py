"""Transparent pictures on a plain ground, so that nothing shows that viewers hide."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

GROUND = 128
"""The grey level of the ground."""
ALPHA = frozenset({"RGBA", "LA", "PA", "La", "RGBa"})
"""Pillow's modes with transparency."""


def has_alpha(image: Image.Image) -> bool:
    """Tell whether an image may be transparent.

    Args:
        image: decoded by Pillow.

    Returns:
        True also where all of it is opaque.
    """
    return image.mode in ALPHA or "transparency" in image.info


def on_ground(colours: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], bool]:
    """Lay a picture on a grey ground.

    Args:
        colours: [H, W, 4] red, green, blue and opacity.

    Returns:
        [H, W, 3], and whether parts were transparent. Where opacity is the same all over, nothing
        can be told by it, and the colours stay as they are.

    >>> on_ground(np.array([[[9, 9, 9, 0], [7, 7, 7, 255]]], dtype=np.uint8))[0].tolist()
    [[[128, 128, 128], [7, 7, 7]]]
    """
    opacity = colours[:, :, 3:]
    if opacity.size == 0 or (opacity == opacity[0, 0, 0]).all():
        return np.ascontiguousarray(colours[:, :, :3]), False
    alpha = opacity.astype(np.uint32)
    mixed = (colours[:, :, :3] * alpha + GROUND * (255 - alpha) + 127) // 255
    return mixed.astype(np.uint8), True
