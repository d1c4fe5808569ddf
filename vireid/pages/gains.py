"""The figure of paired gains: what rows of a study have more than others, run by run."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from vireid.pages.studies import DOTS, LINE, legend_below, wrapped

Gains = Mapping[str, Mapping[str, Mapping[int, float]]]
"""Differences of every pair of runs: by name of the pair, then by data, then by seed."""

MARKS = ("o", "s", "^", "v", "P", "X", "*", "p")
"""Marks of the points by data; they begin again after the last."""
MEAN = "mean ± standard error"


def draw_gains(scores: Mapping[str, Gains], path: Path) -> None:
    """Draw paired differences above and below their zero line.

    A point for each pair of runs, whose colour is its seed and whose mark is its data; beside
    them the mean with its standard error, the standard deviation over the root of the number.

    Args:
        scores: in percentage points, by the title of the score; every pair has a difference.
        path: the PNG to write.
    """
    pairs = len(next(iter(scores.values())))
    width = max(3.4, 1.3 + 1.05 * pairs)
    figure = Figure(figsize=(width * len(scores), 4.4), dpi=110, layout="constrained")
    axes = figure.subplots(1, len(scores), squeeze=False)[0]
    for axis, (title, gains) in zip(axes, scores.items(), strict=True):
        axis.axhline(0, color="black", lw=1, zorder=2)
        _draw_points(axis, gains)
        _draw_means(axis, gains)
        axis.set_xticks(np.arange(len(gains)), [wrapped(name) for name in gains], fontsize=8)
        axis.set_xlim(-0.6, len(gains) - 0.4)
        axis.set_title(f"gain in {title} (points)")
        axis.yaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
        axis.grid(axis="y", color="#dddddd", lw=0.6, zorder=0)
        axis.set_axisbelow(True)
        axis.spines[["top", "right"]].set_visible(False)
    legend_below(figure)
    figure.savefig(path, format="png")


def _draw_points(axis: Axes, gains: Gains) -> None:
    """Draw a point for each pair of runs, left of the mean, and name seeds and data."""
    data = list(dict.fromkeys(name for by_data in gains.values() for name in by_data))
    seeds = sorted({s for by_data in gains.values() for part in by_data.values() for s in part})
    runs = [(name, seed) for name in data for seed in seeds]
    for turn, (name, seed) in enumerate(runs):
        x, y = [], []
        for place, by_data in enumerate(gains.values()):
            if seed in by_data.get(name, {}):
                x.append(place - 0.35 + 0.5 * (turn + 0.5) / len(runs))
                y.append(by_data[name][seed])
        label = f"seed {seed}" + (f", {name}" if len(data) > 1 else "")
        if x:
            axis.scatter(
                x, y, s=26, color=DOTS[seeds.index(seed) % len(DOTS)], edgecolor="white", lw=0.4,
                marker=MARKS[data.index(name) % len(MARKS)], zorder=3, label=label,
            )  # fmt: skip


def _draw_means(axis: Axes, gains: Gains) -> None:
    """Draw the mean of each pair with its standard error, right of the points."""
    for place, by_data in enumerate(gains.values()):
        values = [value for part in by_data.values() for value in part.values()]
        error = np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
        axis.errorbar(
            place + 0.3, np.mean(values), error, fmt="D", ms=6, capsize=5, color=LINE, zorder=4,
            label=None if place else MEAN,
        )  # fmt: skip
