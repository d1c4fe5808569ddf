"""Damaged files of boxes end in one line or in sound crops, never in a traceback."""

import numpy as np
import pytest
from PIL import Image

from tests.cropping.drawn import HEIGHT, LAYOUTS, WIDTH, frames, listed, random_rows, write
from vireid.cropping import CropSettings
from vireid.cropping.crop import crop
from vireid.errors import VireidError

PIECES = (
    b"nan", b"inf", b"-", b"1e400", b",", b"\n", b"\0", b'"', b"{", b"]", b"\xff", b"0", b"..",
    b"99999999999999999999", b"\xef\xbb\xbf", b"/", b" ", b"null", b"\xd9\xa3",
)  # fmt: skip


def damaged(held: bytes, rng: np.random.Generator) -> bytes:
    """Return bytes with some of them replaced, removed or repeated."""
    for _ in range(int(rng.integers(1, 6))):
        place = int(rng.integers(len(held) + 1))
        piece = PIECES[rng.integers(len(PIECES))]
        kind = rng.integers(4)
        if kind == 0:
            held = held[:place] + piece + held[place:]
        elif kind == 1:
            held = held[:place] + piece + held[place + len(piece) :]
        elif kind == 2:
            held = held[:place] + held[place + int(rng.integers(1, 20)) :]
        else:
            held = held[: max(1, place)]
    return held


@pytest.mark.parametrize("layout", LAYOUTS)
def test_damaged_boxes_are_refused_in_a_line_or_cropped_soundly(tmp_path, layout):
    root = frames(tmp_path / "frames", 3)
    rng = np.random.default_rng(LAYOUTS.index(layout))
    how = CropSettings(modality={"": "visible"}, camera="a", min_width=2)
    outcomes = {"cropped": 0, "refused": 0}
    for number in range(60):
        boxes = write(random_rows(number, 3), layout, tmp_path / f"b{number}")
        file = boxes if boxes.is_file() else sorted(boxes.iterdir())[0]
        file.write_bytes(damaged(file.read_bytes(), rng))
        out = tmp_path / f"o{number}"
        said = []
        try:
            done = crop(root, boxes, out, how, workers=1)
        except VireidError as problem:
            said = str(problem).splitlines()
        if said:
            assert len(said) == 1
            outcomes["refused"] += 1
            continue
        outcomes["cropped"] += 1
        rows = listed(out)
        assert len(rows) == done.crops == len({row["path"] for row in rows})
        for row in rows:
            left, top, width, height = map(float, row["box"].split(" "))
            assert left >= 0
            assert top >= 0
            assert width >= 2
            assert height > 0
            assert left + width <= WIDTH + 1e-6
            assert top + height <= HEIGHT + 1e-6
            assert (out / row["path"]).resolve().is_relative_to(out.resolve())
            with Image.open(out / row["path"]) as image:
                image.load()
    assert all(outcomes.values()), outcomes
