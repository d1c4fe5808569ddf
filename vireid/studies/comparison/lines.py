"""What a line of the table says of a method, besides the numbers of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from vireid.studies.comparison.arena import DataSet
from vireid.studies.comparison.entries import Entry


@dataclass(frozen=True)
class Line:
    """What is said of a method as it is now, whatever its rows were once made of."""

    setting: str = "as it ships"
    """How its settings differ from those of its recipe."""
    oracle: bool = False
    """Whether it is trained with true identities."""
    cameras: str = "no"
    """Whether it is told which camera took a training image: yes, no, or idle."""
    tracks: str = "no"
    """Whether it is told of which track a training image is: yes, no, or idle."""


def line_of(entry: Entry, data_sets: Sequence[DataSet]) -> Line:
    """Say what a method is told of the data.

    Args:
        entry: the method.
        data_sets: the data, at least one.

    Returns:
        The line; *idle* is what the method would use and the data do not say, with their names
        where others do.
    """
    cameras = {data.name: entry.told("camera", data.known) for data in data_sets}
    tracks = {data.name: entry.told("track", data.known) for data in data_sets}
    setting = entry.setting or "as it ships"
    return Line(setting, entry.oracle, _together(cameras), _together(tracks))


def _together(told: dict[str, str]) -> str:
    """Join what is said for each data set."""
    found = list(dict.fromkeys(told.values()))
    if len(found) == 1:
        return found[0]
    return f"yes, idle on {', '.join(name for name, word in told.items() if word == 'idle')}"
