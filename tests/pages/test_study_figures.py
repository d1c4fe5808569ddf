"""The figures of a study."""

from functools import partial

import matplotlib.colors
import numpy as np
import pytest
from PIL import Image

from vireid.pages import draw_bars, draw_by_data, draw_gains, draw_sweep
from vireid.pages.studies import BAR, DOTS, LINE

ROWS = {
    "n=1": {"a": [50.0, 54.0], "b": [60.0]},
    "n=4": {"a": [58.0, 60.0], "b": [70.0, 66.0]},
    "n=16": {"a": [], "b": [40.0]},
}
ONE = {
    name: {"a": [value for part in row.values() for value in part]} for name, row in ROWS.items()
}
line = partial(draw_sweep, parameter="n")


def drawn(draw, path, runs):
    draw({"Rank-1": runs, "mAP": runs}, path)
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def near(pixels, colour):
    """Tell which pixels [H, W] have nearly that colour."""
    wanted = 255 * np.array(matplotlib.colors.to_rgb(colour))
    return np.abs(pixels - wanted).max(axis=2) < 12


def halves(pixels):
    return np.array_split(pixels, 2, axis=1)


def test_a_bar_for_each_row_as_high_as_its_mean(tmp_path):
    for panel in halves(drawn(draw_bars, tmp_path / "x.png", ONE)):
        blue = near(panel, BAR)
        base = np.flatnonzero(blue.any(axis=1)).max()
        columns = np.flatnonzero(blue[base])
        bars = np.split(columns, np.flatnonzero(np.diff(columns) > 3) + 1)
        assert len(bars) == 3
        heights = [base - np.flatnonzero(blue[:, bar[2]]).min() for bar in bars]
        means = np.array([np.mean(row["a"]) for row in ONE.values()])
        assert np.allclose(heights / max(heights), means / means.max(), atol=0.02)


@pytest.mark.parametrize("draw", [draw_bars, line])
def test_dots_have_the_colour_of_their_data(tmp_path, draw):
    both = halves(drawn(draw, tmp_path / "x.png", ROWS))
    one = halves(drawn(draw, tmp_path / "y.png", ONE))
    assert all(near(panel, DOTS[1]).sum() > 20 for panel in both)
    assert not any(near(panel, DOTS[1]).any() for panel in one)


def test_the_line_rises_and_falls_with_the_mean(tmp_path):
    for panel in halves(drawn(line, tmp_path / "x.png", {
        name: {"a": [value]} for name, value in (("n=1", 50.0), ("n=4", 60.0), ("n=16", 55.0))
    })):  # fmt: skip
        blue = near(panel, LINE)
        columns = np.flatnonzero(blue.any(axis=0))
        ends = (columns.min() + 4, (columns.min() + columns.max()) // 2, columns.max() - 4)
        left, middle, right = (np.flatnonzero(blue[:, x]).mean() for x in ends)
        assert middle < right < left, "rows of pixels are counted from above"


def test_names_are_not_joined_by_a_line(tmp_path):
    def joined(names):
        rows = {
            f"x={name}": {"a": [value]} for name, value in zip(names, (50.0, 60.0), strict=True)
        }
        (panel, _) = halves(drawn(partial(draw_sweep, parameter="x"), tmp_path / "x.png", rows))
        columns = np.flatnonzero(near(panel[: int(0.8 * len(panel))], LINE).any(axis=0))
        middle = (columns.min() + columns.max()) // 2
        return middle in columns

    assert joined(["1", "2.5e1"])
    assert not joined(["one", "2"])


GAINS = {
    "more\nover base": {"a": {0: 2.0, 1: 4.0}, "b": {0: 3.0}},
    "less\nover base": {"a": {0: -1.0}},
}


def test_gains_stand_above_and_below_their_zero_line(tmp_path):
    for panel in halves(drawn(draw_gains, tmp_path / "x.png", GAINS)):
        panel = panel[: int(0.84 * len(panel))]
        black = (panel.max(axis=2) < 150).sum(axis=1)
        zero = int(np.argmax(black))
        assert black[zero] > panel.shape[1] / 2
        for colour, above, below in ((DOTS[0], True, True), (DOTS[1], True, False)):
            rows = np.flatnonzero(near(panel, colour).sum(axis=1) > 2)
            assert ((rows < zero).any(), (rows > zero).any()) == (above, below)
        assert not near(panel, DOTS[2]).any()


def test_the_mean_gain_has_its_standard_error(tmp_path):
    gains = {"x\nover y": {"a": {0: 0.0, 1: 10.0}}}  # 5 ± 7.1 / the root of 2
    for panel in halves(drawn(draw_gains, tmp_path / "x.png", gains)):
        panel = panel[: int(0.84 * len(panel))]
        high, low = (
            np.flatnonzero(near(panel, colour).any(axis=1)).mean() for colour in (DOTS[1], DOTS[0])
        )
        bar = np.flatnonzero(near(panel, LINE).any(axis=1))
        assert (bar.min(), bar.max()) == pytest.approx((high, low), abs=4)


def test_points_of_the_data_for_each_row(tmp_path):
    for panel in halves(drawn(draw_by_data, tmp_path / "x.png", ROWS)):
        assert all(near(panel, colour).sum() > 20 for colour in DOTS[:3])
        assert not near(panel, DOTS[3]).any()


@pytest.mark.parametrize("draw", [draw_bars, line, draw_by_data])
@pytest.mark.parametrize(
    "runs",
    [
        {"x=1": {"a": [50.0]}},
        {"x=1": {"a": [0.0, 0.0]}, "x=2": {"a": [0.0]}},
        {"x=1": {"a": [100.0, 100.0]}},
        {
            f"row {i} + with, names": {f"data {j}": [float(i + j)] for j in range(9)}
            for i in range(9)
        },
    ],
    ids=["one run", "nothing", "everything", "many"],
)
def test_odd_studies_are_drawn_without_warnings(tmp_path, draw, runs):
    assert (drawn(draw, tmp_path / "x.png", runs) < 128).any()
