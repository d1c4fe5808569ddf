"""The training curve: what every epoch did, as one picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = {"visible": "#d9822b", "infrared": "#7a3b8f", "mixed": "#2b7a78", "matched": "#1f4e9c"}


def draw_training_curve(epochs: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw losses, clusters and label reliability over all epochs.

    Args:
        epochs: the objects of metrics.jsonl, in order.
        path: the PNG to write.
    """
    figure = Figure(figsize=(13, 3.9), dpi=120, layout="constrained")
    axes = figure.subplots(1, 3)
    _draw_losses(axes[0], epochs)
    _draw_by_space(axes[1], epochs, "clusters", "clusters")
    if any(epoch.get("ari") for epoch in epochs):
        _draw_by_space(axes[2], epochs, "ari", "adjusted Rand index")
        axes[2].set_ylim(0, 1)
    else:
        _draw_by_space(axes[2], epochs, "noise", "share of noise")
    for axis in axes:
        _mark_stages(axis, epochs)
    figure.savefig(path, format="png")


def _draw_losses(axis: Axes, epochs: Sequence[Mapping[str, Any]]) -> None:
    names = dict.fromkeys(name for epoch in epochs for name in epoch["losses"] if name != "total")
    for name in names:
        points = [(i, e["losses"][name]) for i, e in enumerate(epochs, 1) if name in e["losses"]]
        loss, space = name.split("/")
        style = {"cluster_nce": "-", "triplet": "--", "intra": ":", "inter": "-."}[loss]
        axis.plot(*zip(*points, strict=True), style, color=COLOURS[space], label=name)
    axis.set_title("loss terms (mean of the epoch)", pad=16)
    if any(epoch["losses"].get(name, 0) > 0 for epoch in epochs for name in names):
        axis.set_yscale("log")


def _draw_by_space(axis: Axes, epochs: Sequence[Mapping[str, Any]], key: str, title: str) -> None:
    for space, colour in COLOURS.items():
        points = [
            (i, e[key][space]) for i, e in enumerate(epochs, 1) if space in (e.get(key) or {})
        ]
        if points:
            axis.plot(*zip(*points, strict=True), "o-", ms=3, color=colour, label=space)
    axis.set_title(title, pad=16)


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
    if axis.get_legend_handles_labels()[0]:
        below = (0.5, -0.17)
        axis.legend(loc="upper center", bbox_to_anchor=below, fontsize=7, frameon=False, ncols=3)
    axis.spines[["top", "right"]].set_visible(False)
