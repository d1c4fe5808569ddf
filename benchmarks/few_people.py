"""A few people of two colours each: a data set that a network without training can cluster."""

from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image

CAMERAS = (1, 2, 3, 6)
"""Some of SYSU-MM01's cameras."""
INFRARED = (3, 6)
"""Those of them that record infrared light."""
VISIBLE_ONLY = (4, 9)
"""People whom only visible cameras have seen."""
PARTS = {"train": range(1, 11), "val": range(11, 13), "test": range(13, 15)}
"""Identities by list; the first two lists are trained on."""
IMAGES = 4
"""Images of each person and camera."""


def draw_people(root: Path) -> None:
    """Write people in SYSU-MM01's layout: two pale colours, grey in infrared, some never there."""
    (root / "exp").mkdir(parents=True)
    for part, identities in PARTS.items():
        (root / "exp" / f"{part}_id.txt").write_text(",".join(map(str, identities)) + "\n")
    for identity, camera in product(range(1, 15), CAMERAS):
        if camera not in INFRARED or identity not in VISIBLE_ONLY:
            folder = root / f"cam{camera}" / f"{identity:04d}"
            folder.mkdir(parents=True)
            for number in range(IMAGES):
                draw(identity, camera, number).save(folder / f"{number:04d}.jpg", quality=95)


def draw(identity: int, camera: int, number: int) -> Image.Image:
    """Draw a person; a few images show nobody's colours."""
    own = np.random.default_rng((identity, camera, number))
    stray = number == 3 and (identity + camera) % 5 == 0
    generator = own if stray else np.random.default_rng(identity)
    colours = generator.uniform(20, 236, (2, 1)) + generator.uniform(-20, 20, (2, 3))
    pixels = np.full((32, 16, 3), colours[0])
    pixels[identity % 4 * 8 :][:8] = colours[1]
    if camera in INFRARED:
        pixels[:] = pixels.mean(axis=2, keepdims=True)
    return Image.fromarray((pixels + own.normal(0, 8, pixels.shape)).clip(0, 255).astype(np.uint8))
