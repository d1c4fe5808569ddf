"""Plots of a report: where values stand, and what is said of them."""

import re
from itertools import pairwise

import pytest

from vireid.pages import Bars, Histogram, Line, LinePlot, PointMap
from vireid.pages.axes import HEIGHT, LEFT, RIGHT, TOP, WIDTH, place, steps, wider
from vireid.pages.plots import draw_plot


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (-0.37, 0.52), (1, 13), (0, 0.004), (95, 171), (0, 1e6)]
)
def test_a_scale_has_few_round_numbers_inside_its_range(low, high):
    found = steps(low, high)
    assert 2 <= len(found) <= 6
    assert all(low - 1e-9 <= value <= high + 1e-9 for value in found)
    gaps = [after - before for before, after in pairwise(found)]
    assert gaps == pytest.approx([gaps[0]] * len(gaps))
    assert f"{gaps[0]:e}"[0] in "125"


def test_epochs_are_whole_numbers():
    assert steps(1, 2, whole=True) == [1.0, 2.0]
    assert steps(1, 2) != [1.0, 2.0]


def test_a_range_is_never_empty():
    assert wider([]) == (0.0, 1.0)
    for values in ([0.0], [3.0, 3.0], [-2.0]):
        low, high = wider(values)
        assert low < values[0] < high


def test_points_stand_where_their_values_say():
    assert place(0, 0, (0, 2), (0, 4)) == (LEFT, HEIGHT - 26)
    assert place(2, 4, (0, 2), (0, 4)) == (WIDTH - RIGHT, TOP)


def test_lines_are_drawn_and_said():
    drawn = draw_plot(
        LinePlot("<Loss>", (Line("a&b", ((1.0, 4.0), (2.0, 1.0))),), begins=(2.0,), across=(1, 4))
    )
    assert "&lt;Loss&gt;. a&amp;b from 4 to 1" in drawn
    assert "<Loss>" not in drawn
    (points,) = re.findall(r'polyline class="c0" points="([^"]+)"', drawn)
    assert len(points.split()) == 2
    assert drawn.count('class="begin"') == 1


def test_a_histogram_ends_on_its_floor():
    groups = (Bars("same", "same", (0.0, 1.0)), Bars("other", "other", (1.0, 0.0)))
    drawn = draw_plot(Histogram("all", -1.0, 1.0, groups, note="said"))
    (points,) = re.findall(r'polygon class="same" points="([^"]+)"', drawn)
    places = [tuple(map(float, pair.split(","))) for pair in points.split()]
    assert len(places) == 6
    assert places[0] == (LEFT, HEIGHT - 26)
    assert places[-1] == (WIDTH - RIGHT, HEIGHT - 26)
    assert "all. said" in drawn


def test_a_map_counts_its_groups():
    points, group = ((0.0, 0.0), (1.0, 1.0), (2.0, 0.5)), (0, 1, 1)
    drawn = draw_plot(PointMap("map", points, group, (False, True, True), ("a", "b")))
    assert "3 points: 1 of a, 2 of b" in drawn
    assert (drawn.count("<circle"), drawn.count("<path")) == (1, 2)
