"""Whether decoded images show anything: nearly flat ones are named before anything is learnt."""

from collections.abc import Iterator

import numpy as np

from vireid.data.pixels.deep_files import place
from vireid.data.pixels.scaling import Pixels
from vireid.types import Images, Modality

IMAGES = 64
"""Images of a modality and camera that are looked at, spread evenly over all of them."""
FLAT = 16
"""Grey levels, of 256, within which the middle 98% of a nearly flat image lie."""
MANY = 0.2
"""From this share of flat images on a camera is named."""


def flat_cameras(images: Images, pixels: Pixels) -> Iterator[str]:
    """Name the cameras of which many images are nearly flat.

    Args:
        images: N images.
        pixels: [N, H, W, 3] of them.

    Yields:
        A line for each modality with such cameras.
    """
    for kind in Modality:
        cameras, flat, looked = [], 0, 0
        for number in np.unique(images.camera[images.modality == kind]).tolist():
            here = np.flatnonzero((images.modality == kind) & (images.camera == number))
            chosen = here[np.linspace(0, len(here) - 1, min(IMAGES, len(here))).astype(np.int64)]
            found = sum(is_flat(pixels[index]) for index in chosen)
            if found >= MANY * len(chosen):
                cameras.append(images.camera_name(number))
                flat, looked = flat + found, looked + len(chosen)
        if cameras:
            yield (
                f"{place(kind, cameras)}: {flat} of {looked} images looked at are nearly flat, "
                f"within {FLAT} of 256 grey levels; nothing can be learnt from or found by them: "
                "see that files of more than 8 bits are scaled as they should be (--levels)"
            )


def is_flat(image: Pixels) -> bool:
    """Tell whether an image is nearly flat.

    Args:
        image: [H, W, 3].

    Returns:
        True where the middle 98% of every channel lie within few grey levels.

    >>> is_flat(np.full((4, 2, 3), 7, np.uint8))
    True
    """
    rows = image.reshape(-1, 3)
    low, high = np.percentile(rows[:: max(1, len(rows) // 1024)], (1, 99), axis=0)
    return bool((high - low < FLAT).all())
