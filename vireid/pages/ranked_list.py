"""The ranked list: queries with their best gallery images, right ones green, wrong ones red."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

RIGHT, WRONG, PLAIN = (46, 139, 87), (200, 45, 45), (90, 90, 90)
FRAME, GAP, HEADER, LINE = 4, 6, 18, 14
CELL = (64, 128)


def draw_ranked_list(
    rows: Sequence[Sequence[NDArray[np.uint8]]],
    right: Sequence[Sequence[bool | None]],
    path: Path,
    captions: Sequence[str] | None = None,
    notes: Sequence[Sequence[Sequence[str]]] | None = None,
) -> None:
    """Draw one row for each query: the query, then its gallery images, best first.

    Args:
        rows: for each query, its image and its ranked images [H, W, 3].
        right: for each query, None for itself, then whether each image shows its person;
            None where unknown.
        path: the PNG to write.
        captions: a line above each row, where given.
        notes: for each image, lines below it, where given; as many for each.
    """
    columns = max(len(row) for row in rows)
    width, height = CELL[0] + 2 * FRAME + GAP, CELL[1] + 2 * FRAME + GAP + HEADER
    lines = max((len(note) for row in notes or () for note in row), default=0)
    height += lines * LINE
    sheet = Image.new("RGB", (columns * width + 3 * GAP, len(rows) * height + GAP), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(11)
    for i, (row, marks) in enumerate(zip(rows, right, strict=True)):
        top = GAP + i * height
        if captions:
            draw.text((GAP, top), captions[i], fill="black", font=font)
        for j, (pixels, mark) in enumerate(zip(row, marks, strict=True)):
            left = GAP + j * width + (GAP if j else 0)
            colour = PLAIN if mark is None else RIGHT if mark else WRONG
            box = (
                left,
                top + HEADER,
                left + CELL[0] + 2 * FRAME,
                top + HEADER + CELL[1] + 2 * FRAME,
            )
            draw.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=colour)
            cell = Image.fromarray(pixels).resize(CELL, Image.Resampling.BILINEAR)
            sheet.paste(cell, (left + FRAME, top + HEADER + FRAME))
            for line, text in enumerate(notes[i][j] if notes else ()):
                draw.text((left, box[3] + line * LINE), text, fill="black", font=font)
    sheet.save(path, format="PNG", compress_level=1)  # a third of the time of the usual 6
