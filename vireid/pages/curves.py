"""The training curve: what every epoch did, as one picture."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

COLOURS = {"visible": "#d9822b", "infrared": "#7a3b8f", "mixed": "#2b7a78", "matched": "#1f4e9c"}
"""Of label spaces, and of terms that bear their names."""
OTHERS = ("#c0392b", "#2f8f4e", "#555555", "#b5519b", "#8a6d3b", "#17a2b8")
"""Of all other names, in the order in which the log has them."""
LINES = ("--", ":", "-.")
"""How their lines are drawn, one after the other."""
BY_SPACE = {
    "clusters": "clusters",
    "noise": "share of noise",
    "margin": "margin to the next cluster",
    "stability": "stability (ARI to the labels before)",
    "unmatched": "share of clusters without partner",
    "ari": "adjusted Rand index to identities",
}
"""Titles of the panels with a line for each label space, by their key in the log."""
PAIRS = {
    "matching_margin": ("margin to next best", "#1f4e9c"),
    "pair_precision": ("precision", "#2f8f4e"),
    "pair_recall": ("recall", "#c0392b"),
}
"""Name and colour of each line of the panel on matched clusters, by its key in the log."""

PANEL = (4.4, 3.8)
"""Inches of a panel with all that is around it."""
LEFT, RIGHT, ABOVE, BELOW, ROW = 0.78, 0.18, 0.46, 0.62, 0.15
"""Inches left free around the axes, and for each row of a legend below them; matplotlib would take
as long for a layout of its own as for the drawing."""
LETTERS = 84
"""Small letters beside each other below a panel; a line and its gap take eight."""

Epochs = Sequence[Mapping[str, Any]]


def draw_training_curve(epochs: Epochs, path: Path) -> None:
    """Draw losses, clusters and label reliability over all epochs.

    A panel is drawn for all that the log knows; what compares labels with identities is among
    it only where identities are known.

    Args:
        epochs: the objects of metrics.jsonl, in order.
        path: the PNG to write.
    """
    panels = list(_panels(epochs))
    columns = max(2, -(-len(panels) // 2))
    figure = Figure(figsize=(PANEL[0] * columns, PANEL[1] * 2), dpi=110)
    axes = figure.subplots(2, columns).ravel()
    rows = 0
    for axis, draw in zip(axes, panels, strict=False):
        draw(axis)
        _mark_stages(axis, epochs)
        rows = max(rows, _name_lines(axis))
    for axis in axes[len(panels) :]:
        axis.set_axis_off()
    _place(figure, columns, BELOW + ROW * rows)
    figure.savefig(path, format="png")


def _place(figure: Figure, columns: int, below: float) -> None:
    """Leave the same room around all axes of two rows of panels."""
    width, height = PANEL[0] - LEFT - RIGHT, PANEL[1] - ABOVE - below
    figure.subplots_adjust(
        left=LEFT / (PANEL[0] * columns),
        right=1 - RIGHT / (PANEL[0] * columns),
        top=1 - ABOVE / (2 * PANEL[1]),
        bottom=below / (2 * PANEL[1]),
        wspace=(LEFT + RIGHT) / width,
        hspace=(ABOVE + below) / height,
    )


def _panels(epochs: Epochs) -> Iterator[Callable[[Axes], None]]:
    """Yield a drawing function for each panel that the log has something for."""
    yield partial(_draw_losses, epochs=epochs)
    for key, title in BY_SPACE.items():
        if any(epoch.get(key) for epoch in epochs):
            yield partial(_draw_by_space, epochs=epochs, key=key, title=title)
    if any(epoch.get(key) is not None for epoch in epochs for key in PAIRS):
        yield partial(_draw_pairs, epochs=epochs)


def _draw_losses(axis: Axes, epochs: Epochs) -> None:
    names = dict.fromkeys(name for epoch in epochs for name in epoch["losses"] if name != "total")
    for name, (colour, line) in _styles(names).items():
        points = [(i, e["losses"][name]) for i, e in enumerate(epochs, 1) if name in e["losses"]]
        axis.plot(*zip(*points, strict=True), f"o{line}", ms=3, color=colour, label=name)
    axis.set_title("loss terms (mean of the epoch)", y=1.0, pad=16)
    if any(epoch["losses"].get(name, 0) > 0 for epoch in epochs for name in names):
        axis.set_yscale("log")


def _styles(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return colour and line of each name."""
    found: dict[str, tuple[str, str]] = {}
    for name in names:
        others = sum(other not in COLOURS for other in found)
        unknown = OTHERS[others % len(OTHERS)], LINES[others % len(LINES)]
        found[name] = (COLOURS[name], "-") if name in COLOURS else unknown
    return found


def _draw_by_space(axis: Axes, epochs: Epochs, key: str, title: str) -> None:
    logged = dict.fromkeys(space for epoch in epochs for space in (epoch.get(key) or {}))
    known = [space for space in COLOURS if space in logged]
    for space, (colour, _) in _styles(dict.fromkeys([*known, *logged])).items():
        points = [
            (i, e[key][space]) for i, e in enumerate(epochs, 1) if space in (e.get(key) or {})
        ]
        axis.plot(*zip(*points, strict=True), "o-", ms=3, color=colour, label=space)
    axis.set_title(title, y=1.0, pad=16)
    if key in ("stability", "unmatched", "ari"):
        lowest = min(value for epoch in epochs for value in (epoch.get(key) or {0: 0.0}).values())
        axis.set_ylim(min(0.0, lowest) - 0.02, 1.02)


def _draw_pairs(axis: Axes, epochs: Epochs) -> None:
    for key, (name, colour) in PAIRS.items():
        points = [(i, e[key]) for i, e in enumerate(epochs, 1) if e.get(key) is not None]
        if points:
            axis.plot(*zip(*points, strict=True), "o-", ms=3, color=colour, label=name)
    axis.set_title("matched clusters", y=1.0, pad=16)


def _mark_stages(axis: Axes, epochs: Sequence[Mapping[str, Any]]) -> None:
    starts = [i for i, epoch in enumerate(epochs) if epoch["epoch"] == 1]
    for start in starts:
        axis.axvline(start + 0.5, color="#bbbbbb", lw=0.8, zorder=0)
        axis.text(
            start + 0.6,
            1.01,
            epochs[start]["stage"],
            transform=axis.get_xaxis_transform(),
            va="bottom",
            fontsize=8,
            color="#666666",
        )
    axis.set_xlabel("epoch")
    axis.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axis.xaxis.set_label_coords(0.5, -0.11)
    axis.yaxis.set_label_coords(-0.1, 0.5)  # of a label that is not there: else it is looked for
    axis.spines[["top", "right"]].set_visible(False)


def _name_lines(axis: Axes) -> int:
    """Write the names of the lines below the axes; return how many rows they take."""
    names = axis.get_legend_handles_labels()[1]
    if not names:
        return 0
    columns = min(4 if len(names) == 4 else 3, max(1, LETTERS // (8 + max(map(len, names)))))
    axis.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.17), fontsize=7, frameon=False, ncols=columns
    )
    return -(-len(names) // columns)
