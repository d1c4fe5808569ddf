"""Figures of a study: bars of its rows, and points over the values of a setting or over data."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

Runs = Mapping[str, Mapping[str, Sequence[float]]]
"""A score of every run: by row, then by data, one value for each seed."""

BAR, LINE = "#8fb3d9", "#34495e"
DOTS = ("#1f4e9c", "#c0392b", "#2f8f4e", "#7a3b8f", "#d9822b", "#2b7a78", "#555555", "#b8860b")
"""Colours of the dots by data, and of the lines by row; they begin again after the last."""
MEAN = "mean ± standard deviation"


def draw_bars(scores: Mapping[str, Runs], path: Path) -> None:
    """Draw a bar for each row: mean, standard deviation, and a dot for each run.

    Args:
        scores: in percent, by the title of the score.
        path: the PNG to write.
    """
    rows = len(next(iter(scores.values())))
    width = max(3.2, 1.1 + 0.95 * rows)
    figure = Figure(figsize=(width * len(scores), 4.4), dpi=110, layout="constrained")
    axes = figure.subplots(1, len(scores), squeeze=False)[0]
    for axis, (title, runs) in zip(axes, scores.items(), strict=True):
        places = np.arange(len(runs))
        means, deviations = _summary(runs)
        axis.bar(places, means, 0.66, color=BAR, zorder=1)
        axis.errorbar(
            places, means, deviations, fmt="none", ecolor="black", capsize=5, zorder=3, label=MEAN
        )
        _draw_dots(axis, runs)
        for place, mean in zip(places, means, strict=True):
            axis.text(place, 1, f"{mean:.1f}", ha="center", va="bottom", fontsize=9, zorder=5)
        axis.set_xticks(places, [wrapped(name) for name in runs], fontsize=8)
        _finish(axis, title, runs)
        axis.set_ylim(bottom=0)
    legend_below(figure)
    figure.savefig(path, format="png")


def draw_sweep(scores: Mapping[str, Runs], path: Path, *, parameter: str) -> None:
    """Draw the values of a setting: mean, standard deviation, a dot for each run.

    Values that are numbers are joined by a line, with the deviation as a band around it. Names are
    not: nothing lies between two of them.

    Args:
        scores: in percent, by the title of the score; rows are named ``PARAMETER=VALUE``.
        path: the PNG to write.
        parameter: name of the setting.
    """
    figure = Figure(figsize=(4.6 * len(scores), 3.8), dpi=110, layout="constrained")
    axes = figure.subplots(1, len(scores), squeeze=False)[0]
    for axis, (title, runs) in zip(axes, scores.items(), strict=True):
        places = np.arange(len(runs))
        means, deviations = _summary(runs)
        values = [name.partition("=")[2] or name for name in runs]
        if all(map(_is_number, values)):
            axis.fill_between(
                places, means - deviations, means + deviations, color=BAR, alpha=0.4, lw=0
            )
            axis.plot(places, means, "o-", color=LINE, ms=6, zorder=3, label=MEAN)
        else:
            axis.errorbar(
                places, means, deviations, fmt="o", color=LINE, ms=7, capsize=5, zorder=3,
                label=MEAN,
            )  # fmt: skip
            axis.set_xlim(-0.6, len(values) - 0.4)
        _draw_dots(axis, runs)
        axis.set_xticks(places, values)
        axis.set_xlabel(parameter)
        _finish(axis, title, runs)
    legend_below(figure)
    figure.savefig(path, format="png")


def draw_by_data(scores: Mapping[str, Runs], path: Path) -> None:
    """Draw the data sets side by side: of each row mean and standard deviation over the seeds.

    Args:
        scores: in percent, by the title of the score.
        path: the PNG to write.
    """
    figure = Figure(figsize=(5.0 * len(scores), 4.4), dpi=110, layout="constrained")
    axes = figure.subplots(1, len(scores), squeeze=False)[0]
    for axis, (title, runs) in zip(axes, scores.items(), strict=True):
        names = _data(runs)
        for i, (row, by_data) in enumerate(runs.items()):
            means, deviations = _summary({name: {name: by_data.get(name, ())} for name in names})
            shift = 0.6 / len(runs) * (i - (len(runs) - 1) / 2)
            axis.errorbar(
                np.arange(len(names)) + shift, means, deviations, fmt="o", ms=5, capsize=3,
                color=DOTS[i % len(DOTS)], label=row,
            )  # fmt: skip
        axis.set_xticks(np.arange(len(names)), [wrapped(name) for name in names], fontsize=8)
        _finish(axis, title, runs)
    legend_below(figure)
    figure.savefig(path, format="png")


def _summary(runs: Runs) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of each row; NaN and 0 where there are too few runs."""
    values = [[value for part in row.values() for value in part] for row in runs.values()]
    means = [np.mean(row) if row else np.nan for row in values]
    deviations = [np.std(row, ddof=1) if len(row) > 1 else 0.0 for row in values]
    return np.array(means), np.array(deviations)


def _is_number(text: str) -> bool:
    """Tell whether a value of a setting is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _data(runs: Runs) -> list[str]:
    """Return the names of all data sets, in the order in which they come."""
    return list(dict.fromkeys(name for row in runs.values() for name in row))


def _draw_dots(axis: Axes, runs: Runs) -> None:
    """Draw every run, a little apart from its neighbours, coloured by its data."""
    for number, name in enumerate(names := _data(runs)):
        x, y = [], []
        for place, row in enumerate(runs.values()):
            before = sum(len(row.get(other, ())) for other in names[:number])
            count = sum(map(len, row.values()))
            for i, value in enumerate(row.get(name, ())):
                x.append(place + 0.4 * ((before + i + 0.5) / count - 0.5))
                y.append(value)
        label = f"a run on {name}" if len(names) > 1 else "a run (seed)"
        colour = DOTS[number % len(DOTS)]
        axis.scatter(x, y, s=14, color=colour, edgecolor="white", lw=0.4, zorder=4, label=label)


def legend_below(figure: Figure) -> None:
    """Name colours and marks below all panels, where there are several.

    Args:
        figure: whose first panel has them.
    """
    handles, labels = figure.axes[0].get_legend_handles_labels()
    if len(handles) > 1:
        columns = min(4, len(handles))
        figure.legend(
            handles, labels, loc="outside lower center", ncols=columns, fontsize=8, frameon=False
        )


def _finish(axis: Axes, title: str, runs: Runs) -> None:
    """Let the axis show where the runs differ, and take away what is no help."""
    values = [value for row in runs.values() for part in row.values() for value in part]
    low, high = min(values), max(values)
    room = max(2.0, 0.25 * (high - low))
    axis.set_ylim(max(0.0, low - room), min(100.0, high + room))
    axis.set_title(f"{title} (%)")
    axis.yaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    axis.grid(axis="y", color="#dddddd", lw=0.6, zorder=0)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)


def wrapped(name: str) -> str:
    """Break a name where a part of it begins.

    Args:
        name: of a row.

    Returns:
        The name on several lines.

    >>> wrapped("+ MMLM + Intra")
    '+ MMLM\\n+ Intra'
    """
    return name.replace(" + ", "\n+ ").replace(", ", ",\n")
