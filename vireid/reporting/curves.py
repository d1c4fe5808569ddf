"""The log of a run -> its curves, and the signals that need no identities."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vireid.metrics import clarity_word
from vireid.pages import Line, LinePlot, Table

Epochs = Sequence[Mapping[str, Any]]

SPACES = {
    "clusters": "Clusters",
    "noise": "Share of noise",
    "margin": "Margin to the next cluster",
    "stability": "Stability: agreement with the labels before",
    "unmatched": "Share of clusters without partner",
    "ari": "Adjusted Rand index to identities",
}
"""Titles of the plots with a line for each label space, by their key in the log."""
SINGLE = {
    "Clarity, matching margin, neighbour overlap": {
        "clarity": "clarity",
        "matching_margin": "matching margin",
        "neighbour_overlap": "neighbour overlap",
    },
    "Matched pairs against identities": {
        "pair_precision": "precision",
        "pair_recall": "recall",
    },
}
"""Lines of the plots whose values are single numbers, by title and key in the log."""


def curves(epochs: Epochs) -> tuple[LinePlot, ...]:
    """Draw what the log holds.

    Args:
        epochs: its lines, in order, at least one.

    Returns:
        Plots over the epochs of the whole run; only of what is known.
    """
    begins = tuple(float(n) for n, line in enumerate(epochs, 1) if n > 1 and line["epoch"] == 1)
    plots = [("Loss terms, mean of the epoch", _by_name(epochs, "losses", without="total"))]
    plots += [(title, _by_name(epochs, key)) for key, title in SPACES.items()]
    plots += [(title, _single(epochs, keys)) for title, keys in SINGLE.items()]
    across = (1.0, float(len(epochs)))
    return tuple(LinePlot(title, lines, begins, across) for title, lines in plots if lines)


def _by_name(epochs: Epochs, key: str, without: str = "") -> tuple[Line, ...]:
    """Return a line for each name that the log has values of."""
    names = dict.fromkeys(name for line in epochs for name in line.get(key) or {})
    found = []
    for name in names:
        points = [
            (float(n), float(line[key][name]))
            for n, line in enumerate(epochs, 1)
            if (line.get(key) or {}).get(name) is not None
        ]
        if points and name != without:
            found.append(Line(name, tuple(points)))
    return tuple(found)


def _single(epochs: Epochs, keys: Mapping[str, str]) -> tuple[Line, ...]:
    found = []
    for key, name in keys.items():
        points = [
            (float(n), float(line[key]))
            for n, line in enumerate(epochs, 1)
            if line.get(key) is not None
        ]
        if points:
            found.append(Line(name, tuple(points)))
    return tuple(found)


def signals(epochs: Epochs) -> Table:
    """Return the label-free signals at the end of each stage.

    Args:
        epochs: the lines of the log, at least one.

    Returns:
        A row for each stage that the log has an epoch of.
    """
    last = {str(line["stage"]): line for line in epochs}
    header = (
        "stage", "epochs", "clarity", "margin", "stability", "noise", "matching margin",
        "neighbour overlap",
    )  # fmt: skip
    return Table(header, tuple(tuple(_row(stage, line)) for stage, line in last.items()))


def _row(stage: str, line: Mapping[str, Any]) -> Iterator[str]:
    yield stage
    yield f"{line['epoch']}/{line['epochs']}"
    clarity = line.get("clarity")
    yield "-" if clarity is None else f"{clarity:.2f}, {clarity_word(clarity)}"
    yield from (_mean(line.get(name)) for name in ("margin", "stability"))
    noise = line.get("noise")
    yield f"{sum(noise.values()) / len(noise):.1%}" if noise else "-"
    for name in ("matching_margin", "neighbour_overlap"):
        value = line.get(name)
        yield "-" if value is None else f"{value:.2f}"


def _mean(values: Mapping[str, float] | None) -> str:
    return f"{sum(values.values()) / len(values):.2f}" if values else "-"


def troubles(epochs: Epochs) -> list[str]:
    """Return what the training itself complained of.

    Args:
        epochs: the lines of the log.

    Returns:
        A sentence for each epoch with troubles.
    """
    return [
        f"{line['stage']}, epoch {line['epoch']}: {'; '.join(map(str, line['troubles']))}"
        for line in epochs
        if line.get("troubles")
    ]
