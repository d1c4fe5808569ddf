"""Mean and spread over runs that were evaluated alike, as a table and as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from vireid.cli.display import NAMES, plain_table
from vireid.metrics import Spread, spread
from vireid.scoring.files import write_json

RunScores = tuple[str, str, Mapping[str, float]]
"""Protocol, stage and scores of a run, in percent by name."""


@dataclass(frozen=True)
class Evaluated:
    """One of several runs, evaluated."""

    run: str
    """The run or the weights."""
    data: str
    """Name of the data."""
    split: int | None
    """Which of several splits of the data; None where it has none."""
    protocol: str
    """With what was done beside it."""
    stages: Mapping[str, Mapping[str, float]]
    """Scores in percent by stage, means over the protocol's trials."""

    def scores(self) -> list[RunScores]:
        """List the scores of the stages.

        Returns:
            One for each stage.
        """
        return [(self.protocol, stage, values) for stage, values in self.stages.items()]


def means(scores: Iterable[RunScores]) -> dict[tuple[str, str], dict[str, Spread]]:
    """Average over runs.

    Args:
        scores: of runs; those with equal protocol and stage are averaged.

    Returns:
        For each protocol and stage, sorted, the spread of each score over the runs.
    """
    groups: dict[tuple[str, str], list[Mapping[str, float]]] = {}
    for protocol, stage, values in scores:
        groups.setdefault((protocol, stage), []).append(values)
    found = {}
    for key, runs in sorted(groups.items()):
        names = dict.fromkeys(name for values in runs for name in values)
        cells = {name: spread(run[name] for run in runs if name in run) for name in names}
        found[key] = {name: cell for name, cell in cells.items() if cell is not None}
    return found


def mean_table(scores: Iterable[RunScores]) -> Table:
    """Return the mean scores of runs that were evaluated alike.

    Args:
        scores: of the runs.

    Returns:
        A line for each protocol and stage: how many runs, and of each score the mean and, from
        two runs on, the standard deviation between them.
    """
    groups = means(scores)
    names = list(dict.fromkeys(name for cells in groups.values() for name in cells))
    rows = [
        [*key, str(max((cell.runs for cell in cells.values()), default=0))]
        + [_text(cells.get(name)) for name in names]
        for key, cells in groups.items()
    ]
    title = "mean ± standard deviation over runs, %"
    return plain_table(
        ["protocol", "stage", "runs", *(NAMES.get(n, n) for n in names)], rows, title
    )


def _text(cell: Spread | None) -> str:
    if cell is None:
        return "-"
    return f"{cell.mean:.1f}" + ("" if cell.deviation is None else f" ± {cell.deviation:.1f}")


def write_means(path: Path, runs: Sequence[Evaluated]) -> None:
    """Write the scores of runs that were evaluated by one protocol, and their means.

    Args:
        path: the JSON file.
        runs: at least one.

    Raises:
        DataError: the file cannot be written.
    """
    stages = {
        stage: {
            "runs": max(cell.runs for cell in cells.values()),
            "mean": {name: cell.mean for name, cell in cells.items()},
            "spread": {name: cell.deviation for name, cell in cells.items()},
        }
        for (_, stage), cells in means(score for run in runs for score in run.scores()).items()
    }
    protocol = runs[0].protocol
    write_json(path, {"protocol": protocol, "stages": stages, "runs": [asdict(r) for r in runs]})
