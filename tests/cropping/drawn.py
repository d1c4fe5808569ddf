"""Small recordings of noise with boxes of any kind, written in four formats."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 96, 64
LAYOUTS = ("mot", "coco", "yolo", "csv size", "csv corners", "csv centre")


class Row(NamedTuple):
    """A box: frame from 1, track, left, top, width, height, confidence."""

    frame: int
    track: int
    left: float
    top: float
    width: float
    height: float
    confidence: float = 0.9


def frames(root: Path, count: int = 6, *, first: int = 1, deep: bool = False) -> Path:
    """Write frames of noise called like 000001.png.

    Args:
        root: their folder.
        count: how many.
        first: number of the first.
        deep: whether they have 16 bits.

    Returns:
        The folder.
    """
    root.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        rng = np.random.default_rng(number)
        if deep:
            levels = rng.integers(7000, 9000, (HEIGHT, WIDTH)).astype(np.uint16)
        else:
            levels = rng.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
        Image.fromarray(levels).save(root / f"{number:06d}.png")
    return root


def random_rows(seed: int, count: int = 6, tracks: int = 4) -> list[Row]:
    """Draw boxes, some of which leave the frame, of at most one a track and frame."""
    rng = np.random.default_rng(seed)
    found = []
    for frame in range(1, count + 1):
        for track in range(1, tracks + 1):
            if rng.random() < 0.2:
                continue
            left, top = rng.uniform(-10, WIDTH - 12), rng.uniform(-10, HEIGHT - 12)
            size = rng.uniform(6, 30, 2)
            numbers = [round(float(value) * 2) / 2 for value in (left, top, *size)]
            found.append(Row(frame, track, *numbers, round(float(rng.uniform(0.1, 1)), 3)))
    return found


def write(rows: Sequence[Row], layout: str, folder: Path) -> Path:
    """Write boxes.

    Args:
        rows: the boxes.
        layout: one of the `LAYOUTS`.
        folder: where to write; made where it is missing.

    Returns:
        The file, or the folder of YOLO labels.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name, _, form = layout.partition(" ")
    if name == "mot":
        lines = [",".join(f"{value:g}" for value in row) + ",-1,-1,-1\n" for row in rows]
        return text(folder / "boxes.txt", "".join(lines))
    if name == "coco":
        return text(folder / "boxes.json", json.dumps(coco(rows)))
    if name == "yolo":
        for row in rows:
            with (folder / f"{row.frame:06d}.txt").open("a") as file:
                file.write(yolo(row))
        return folder
    with (folder / "boxes.csv").open("w", newline="") as file:
        csv.writer(file).writerows(table(rows, form))
    return folder / "boxes.csv"


def text(path: Path, content: str) -> Path:
    """Write a text file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="")
    return path


def coco(rows: Sequence[Row]) -> dict:
    """Return boxes as COCO has them."""
    numbers = sorted({row.frame for row in rows})
    size = {"width": WIDTH, "height": HEIGHT}
    return {
        "images": [{"id": n, "file_name": f"{n:06d}.png", **size} for n in numbers],
        "annotations": [
            {"id": k, "image_id": row.frame, "category_id": 7, "bbox": list(row[2:6]),
             "attributes": {"track_id": row.track}, "score": row.confidence}
            for k, row in enumerate(rows)
        ],
        "categories": [{"id": 7, "name": "Person"}],
    }  # fmt: skip


def yolo(row: Row) -> str:
    """Return a line of YOLO text."""
    centre = (row.left + row.width / 2) / WIDTH, (row.top + row.height / 2) / HEIGHT
    shares = *centre, row.width / WIDTH, row.height / HEIGHT
    return f"0 {' '.join(f'{s:.7f}' for s in shares)} {row.confidence} {row.track}\n"


def table(rows: Sequence[Row], form: str) -> list[Sequence[object]]:
    """Return boxes as rows of a table."""
    names = {"size": "left,top,width,height", "corners": "xmin,ymin,xmax,ymax",
             "centre": "cx,cy,w,h"}[form]  # fmt: skip
    found: list[Sequence[object]] = [["frame_id", "track_id", *names.split(","), "conf"]]
    for row in rows:
        a, b, c, d = row[2:6]
        four = {"size": (a, b, c, d), "corners": (a, b, a + c, b + d),
                "centre": (a + c / 2, b + d / 2, c, d)}[form]  # fmt: skip
        found.append([row.frame, row.track, *four, row.confidence])
    return found


def held(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder but what is kept to go on."""
    files = (file for file in folder.rglob("*") if file.is_file())
    names = {file.relative_to(folder).as_posix(): file for file in files}
    return {name: file.read_bytes() for name, file in names.items() if ".crop/" not in name}


def listed(folder: Path) -> list[dict[str, str]]:
    """Return the rows of the manifest of a folder."""
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
