"""The table of epochs that the terminal shows of a training."""

from collections.abc import Iterator, Mapping
from typing import Any


class EpochTable:
    """Turns what the log keeps of epochs into lines of text, with a heading for each stage."""

    def __init__(self) -> None:
        self._headed = ""

    def lines(self, line: Mapping[str, Any]) -> Iterator[str]:
        """Yield what is to be printed of an epoch.

        Args:
            line: what the log keeps of it.

        Yields:
            The stage's heading before its first epoch, a line, and one for each trouble.
        """
        if line["stage"] != self._headed:
            self._headed = line["stage"]
            yield describe_header(line)
        yield describe_epoch(line)
        for trouble in line["troubles"]:
            yield f"       trouble: {trouble}"
        if line["skipped"]:
            yield f"       {line['skipped']} steps skipped: their loss was not finite"


def describe_header(line: Mapping[str, Any]) -> str:
    """Return the heading over the epochs of a stage.

    ``margin`` and ``stable`` are the means of margin and stability over the label spaces,
    ``pairs`` is the matching margin.

    Args:
        line: the stage's first epoch, as the log keeps it.

    Returns:
        Two lines of text.
    """
    inner = "clusters noise" + ("   ARI" if "ari" in line else "")
    names = "  ".join(f"{name:{len(inner)}s}" for name in line["clusters"])
    repeated = "  ".join(inner for _ in line["clusters"])
    return (
        f"\n{line['stage']:13s}  {names}\nepoch    loss  {repeated}  margin stable pairs  seconds"
    )


def describe_epoch(line: Mapping[str, Any]) -> str:
    """Return an epoch as one line of text.

    Args:
        line: as the log keeps it.

    Returns:
        The text.
    """
    text = f"{line['epoch']:2d}/{line['epochs']:<2d}  {line['losses']['total']:6.2f}"
    for name, count in line["clusters"].items():
        text += f"  {count:8d} {line['noise'][name]:5.0%}"
        if "ari" in line:
            text += f" {line['ari'].get(name, 0):5.2f}"
    text += f"  {_mean(line['margin']):>6s} {_mean(line['stability']):>6s}"
    pairs = line.get("matching_margin")
    text += f" {'-' if pairs is None else f'{pairs:.2f}':>5s}"
    return f"{text}  {sum(line['seconds'].values()):7.1f}"


def _mean(values: Mapping[str, float]) -> str:
    """Return the mean as text, a dash where there is nothing."""
    return f"{sum(values.values()) / len(values):.2f}" if values else "-"
