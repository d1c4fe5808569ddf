"""Mean and spread over models that were evaluated alike, as a table and as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vireid.metrics import Spread, spread
from vireid.runs.scores import VERSION
from vireid.scoring.evaluation import Evaluation
from vireid.scoring.files import read_scores, write_json
from vireid.scoring.tables import NAMES, mean_cells, text_table

RunScores = tuple[str, str, Mapping[str, float]]
"""Protocol, stage and scores of a run, in percent by name."""


@dataclass(frozen=True, repr=False)
class Average:
    """Several models that were evaluated by one protocol; printed, it is the table of their means.

    Such as ten runs on RegDB's ten folds, or the runs of several seeds.
    """

    evaluations: tuple[Evaluation, ...]
    """At least one."""

    def means(self) -> dict[str, dict[str, Spread]]:
        """Average over the models.

        Returns:
            By stage and score the mean, the standard deviation and the number of models, in
            percent.
        """
        return {stage: cells for (_, stage), cells in means(self._scores()).items()}

    def write(self, path: Path) -> None:
        """Write the means, and the scores of each model, beside those of other protocols.

        Args:
            path: the JSON file.

        Raises:
            CheckpointError: the file is there and damaged.
            DataError: the file cannot be written.
        """
        stages = {
            stage: {
                "runs": max(cell.runs for cell in cells.values()),
                "mean": {name: cell.mean for name, cell in cells.items()},
                "spread": {name: cell.deviation for name, cell in cells.items()},
            }
            for stage, cells in self.means().items()
        }
        runs = [
            {
                "run": str(one.model),
                "data": one.data,
                "fold": one.fold,
                "stages": one.table(),
                "networks": one.facts.get("networks"),
            }
            for one in self.evaluations
        ]
        first = self.evaluations[0]
        protocols = read_scores(path)["protocols"]
        protocols[first.key] = {"protocol": first.protocol, "stages": stages, "runs": runs}
        write_json(path, {"version": VERSION, "protocols": protocols})

    def __repr__(self) -> str:
        return mean_table(self._scores())

    def _scores(self) -> list[RunScores]:
        """List the scores of all stages of all models."""
        return [
            (one.protocol, stage, scores)
            for one in self.evaluations
            for stage, scores in one.table().items()
        ]


def averages(evaluations: Sequence[Evaluation]) -> list[Average]:
    """Gather evaluations of several models, or several protocols, by protocol.

    Args:
        evaluations: at least one.

    Returns:
        An average for each protocol.
    """
    groups: dict[str, list[Evaluation]] = {}
    for one in evaluations:
        groups.setdefault(one.key, []).append(one)
    return [Average(tuple(group)) for group in groups.values()]


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


def mean_table(scores: Iterable[RunScores]) -> str:
    """Return the mean scores of runs that were evaluated alike.

    Args:
        scores: of the runs.

    Returns:
        Lines of text: for each protocol and stage how many runs, and of each score the mean and,
        from two runs on, the standard deviation between them.
    """
    groups = means(scores)
    names = list(dict.fromkeys(name for cells in groups.values() for name in cells))
    rows = []
    for key, cells in groups.items():
        runs = max((cell.runs for cell in cells.values()), default=0)
        values = {name: cell.mean for name, cell in cells.items()}
        deviations = {name: cell.deviation for name, cell in cells.items()}
        rows.append([*key, str(runs), *mean_cells(values, deviations, names)])
    title = "mean ± standard deviation over runs, %"
    return text_table(
        ["protocol", "stage", "runs", *(NAMES.get(name, name) for name in names)], rows, title
    )
