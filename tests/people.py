"""Crops of drawn people in two folders, and manifests of them, for tests of a user's own images."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

HEADER = "path,modality,camera,identity,split"
KINDS = ("visible", "infrared")

Row = tuple[str, ...]


def person(
    number: int, shot: int, *, infrared: bool, size: tuple[int, int] = (64, 32)
) -> Image.Image:
    """Draw a person: coloured clothes on a grey ground, without colour in infrared.

    Args:
        number: which person; clothes and figure depend on it.
        shot: which picture; brightness and noise depend on it.
        infrared: whether colours are lost.
        size: height and width in pixels.

    Returns:
        The picture.
    """
    high, wide = size
    y, x = np.mgrid[0:high, 0:wide] * (128 / high)
    clothes = np.random.default_rng(number).integers(60, 250, (2, 3))
    noise = np.random.default_rng([number, shot, infrared])
    levels = np.full((high, wide, 3), 40.0 + 20 * (shot % 4))
    body = (abs(x - 32) < 12 + number % 4) & (y > 20)
    levels[body & (y < 70)], levels[body & (y >= 70)] = clothes
    levels[(x - 32) ** 2 + (y - 14) ** 2 < 90] = 220, 180, 150
    if infrared:
        levels = np.repeat(levels.mean(2, keepdims=True), 3, 2)
    return Image.fromarray(np.clip(levels + noise.normal(0, 6, levels.shape), 0, 255).astype("u1"))


def two_folders(root: Path, people: int = 8, shots: int = 4) -> Path:
    """Write visible/ and infrared/ with a folder for each person.

    Args:
        root: replaced where it is there.
        people: how many.
        shots: pictures of each in each modality.

    Returns:
        The root.
    """
    shutil.rmtree(root, ignore_errors=True)
    for kind in KINDS:
        for number in range(people):
            folder = root / kind / f"{number:04d}"
            folder.mkdir(parents=True)
            for shot in range(shots):
                picture = person(number, shot, infrared=kind == "infrared")
                picture.save(folder / f"{shot}.png")
    return root


def rows(root: Path, trained: int = 4) -> Iterator[Row]:
    """Yield the rows of a manifest of two folders.

    Args:
        root: as ``two_folders`` returns it.
        trained: the first people are for training, of the others infrared pictures are queries.

    Yields:
        path, modality, camera, identity and split.
    """
    for file in sorted(root.rglob("*.png")):
        path = file.relative_to(root).as_posix()
        kind, number = path.split("/")[0], int(path.split("/")[1])
        split = "train" if number < trained else "query" if kind == "infrared" else "gallery"
        yield path, kind, "1" if kind == "visible" else "4", str(number), split


def manifest(file: Path, table: Iterable[Row], header: str = HEADER, end: str = "\n") -> Path:
    """Write a manifest as it is given, without quotes.

    Args:
        file: the CSV file.
        table: cells of the rows.
        header: the first line.
        end: behind each line.

    Returns:
        The file.
    """
    lines = [header, *(",".join(row) for row in table)]
    file.write_text(end.join(lines) + end, encoding="utf-8", newline="")
    return file
