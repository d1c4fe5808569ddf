"""The ranked list: every cell and its frame at the right place."""

import numpy as np
import pytest
from PIL import Image

from vireid.pages import draw_ranked_list
from vireid.pages.ranked_list import CELL, FRAME, GAP, HEADER, PLAIN, RIGHT, WRONG

COLOURS = [(250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0), (0, 250, 250)]


def flat(colour, size=(10, 5)):
    return np.full((*size, 3), colour, dtype=np.uint8)


def drawn(path, *arguments, **options):
    draw_ranked_list(*arguments, path, **options)
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB"))


def corner(row, column):
    """Return the top left pixel of a frame; galleries stand a little apart from the query."""
    top = GAP + row * (CELL[1] + 2 * FRAME + GAP + HEADER) + HEADER
    left = GAP + column * (CELL[0] + 2 * FRAME + GAP) + (GAP if column else 0)
    return top, left


def check_cell(sheet, row, column, frame, colour):
    top, left = corner(row, column)
    bottom, right = top + CELL[1] + 2 * FRAME, left + CELL[0] + 2 * FRAME
    cell = sheet[top:bottom, left:right]
    inside = cell[FRAME:-FRAME, FRAME:-FRAME]
    assert (inside == colour).all()
    border = np.ones(cell.shape[:2], dtype=bool)
    border[FRAME:-FRAME, FRAME:-FRAME] = False
    assert (cell[border] == frame).all()
    around = np.concatenate(
        [sheet[top - 1, left:right], sheet[bottom, left:right], sheet[top:bottom, left - 1],
         sheet[top:bottom, right]]
    )  # fmt: skip
    assert (around == 255).all(), "white around the frame"


@pytest.mark.parametrize("captions", [None, ["first", "second one"]])
def test_frames_are_green_where_right_red_where_wrong_grey_where_unknown(tmp_path, captions):
    rows = [[flat(c) for c in COLOURS[:4]], [flat(c, (3, 30)) for c in COLOURS[::-1][:4]]]
    marks = [[None, True, False, None], [None, False, False, True]]
    sheet = drawn(tmp_path / "x.png", rows, marks, captions=captions)
    frames = {None: PLAIN, True: RIGHT, False: WRONG}
    for i in range(2):
        for j in range(4):
            check_cell(sheet, i, j, frames[marks[i][j]], rows[i][j][0, 0])
    above = sheet[: corner(0, 0)[0]]
    assert (above != 255).any() == (captions is not None)


def test_the_marks_are_what_they_say():
    assert RIGHT[1] > max(RIGHT[0], RIGHT[2])
    assert WRONG[0] > max(WRONG[1:])
    assert len(set(PLAIN)) == 1


def test_rows_may_differ_in_length_and_numpy_marks_count(tmp_path):
    rows = [[flat(COLOURS[0])], [flat(c) for c in COLOURS[:3]]]
    sheet = drawn(tmp_path / "x.png", rows, [[None], [None, np.True_, np.False_]])
    check_cell(sheet, 0, 0, PLAIN, COLOURS[0])
    check_cell(sheet, 1, 1, RIGHT, COLOURS[1])
    check_cell(sheet, 1, 2, WRONG, COLOURS[2])
    top, left = corner(0, 1)
    assert (sheet[top : top + CELL[1], left : left + CELL[0]] == 255).all()


def test_the_image_keeps_its_top_up_and_any_name_is_a_png(tmp_path):
    halves = np.concatenate([flat(COLOURS[0]), flat(COLOURS[1])])
    sheet = drawn(tmp_path / "x.picture", [[halves]], [[None]])
    top, left = (value + FRAME for value in corner(0, 0))
    assert tuple(sheet[top, left]) == COLOURS[0]
    assert tuple(sheet[top + CELL[1] - 1, left]) == COLOURS[1]
