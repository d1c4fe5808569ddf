"""A layout: images in folders of your own -> a value that can be trained and evaluated on.

    python examples/own_layout.py ROOT RUN [NAME=VALUE ...]

ROOT holds an image of person 7 by infrared camera 3 as `train/0007/infrared-3/any-name.jpg`; people
below `test/` are never trained on, and give infrared queries and a visible gallery.
"""

import sys
from pathlib import Path

import numpy as np

import vireid
from vireid.data import DataFolder
from vireid.types import Images, Modality, Truth


def read_part(root: Path, part: str) -> tuple[Images, Truth]:
    """Return the images below a folder, and beside them, sealed, who they show."""
    paths = sorted(path.relative_to(root) for path in root.glob(f"{part}/*/*-*/*.jpg"))
    places = [path.parts[2].split("-") for path in paths]
    images = Images(
        root,
        paths=[path.as_posix() for path in paths],
        modality=np.array([Modality[light.upper()] for light, _ in places], dtype=int),
        camera=np.array([int(number) for _, number in places], dtype=int),
    )
    return images, Truth(np.array([int(path.parts[1]) for path in paths], dtype=int))


def open_mine(root: Path) -> DataFolder:
    """Return everything below a root."""
    train, who_trains = read_part(root, "train")
    test, who_tests = read_part(root, "test")
    roles = ["gallery" if light == Modality.VISIBLE else "query" for light in test.modality]
    return DataFolder(root.name, train, test, who_trains, who_tests, tuple(roles), "plain")


if __name__ == "__main__":
    root, out, *settings = sys.argv[1:]
    data = open_mine(Path(root))
    run = vireid.train(data, out, settings=settings)
    print(vireid.evaluate(run, data))
