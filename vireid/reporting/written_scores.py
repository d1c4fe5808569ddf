"""Test scores that evaluations left in the folder of a run: means, spread and chance."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from vireid.pages import Table
from vireid.runs import BEFORE, Run
from vireid.scoring.files import named_file, read_scores
from vireid.scoring.kept import changed_networks
from vireid.scoring.tables import NAMES, mean_cells


@dataclass(frozen=True)
class Written:
    """Scores by one protocol."""

    key: str
    """The protocol's whole name."""
    facts: Mapping[str, Any]
    """What stands beside the scores."""
    stages: Mapping[str, Mapping[str, float]]
    """Means in percent by stage, then by score, at least one stage, in the order of training."""
    spread: Mapping[str, Mapping[str, float]]
    """Standard deviations over the draws likewise; a stage without draws has none."""
    cameras: Table | None
    """Of the last stage, by the camera of the query; None where the table of queries is missing."""

    @property
    def last(self) -> tuple[str, Mapping[str, float]]:
        """The last stage that was evaluated, and its means."""
        return list(self.stages.items())[-1]

    @property
    def chance(self) -> str:
        """What a random order scores, in words; empty where the file does not say."""
        found = self.facts.get("chance")
        if not found:
            return ""
        return (
            f"a random order scores Rank-1 {found['rank1']:.1f}, mAP {found['mAP']:.1f} ± "
            f"{found['spread']:.1f}"
        )

    @property
    def ignored(self) -> str:
        """Which gallery images a query ignores, in words; empty where the file does not say."""
        found = self.facts.get("ignored")
        return f"ignored: {found}" if found else ""

    def table(self) -> Table:
        """Return the scores as a table.

        Returns:
            A row for each stage: mean and, over several draws, standard deviation.
        """
        names = list(self.last[1])
        rows = [
            (stage, *mean_cells(means, self.spread.get(stage, {}), names))
            for stage, means in self.stages.items()
        ]
        return Table(("after", *(NAMES.get(name, name) for name in names)), tuple(rows))


def written_scores(run: Run) -> tuple[list[Written], list[str]]:
    """Read the scores of a run.

    Args:
        run: its folder.

    Returns:
        The scores by each protocol; and which are left out, as the run has another network now.

    Raises:
        CheckpointError: a file is damaged.
    """
    means = read_scores(run.metrics_file)["protocols"] if run.metrics_file.exists() else {}
    file = run.folder / "evaluation.json"
    draws = read_scores(file)["protocols"] if file.exists() else {}
    gone = set(changed_networks(run, means, ()))
    order = [BEFORE, *(stage.name for stage in run.outline().stages)]
    found = []
    for key, entry in means.items():
        kept = [name for name in order if name in entry["stages"] and (key, name) not in gone]
        if kept:
            stages = {name: entry["stages"][name] for name in kept}
            spread = {
                name: told["spread"]
                for name, told in draws.get(key, {}).get("stages", {}).items()
                if _same(told, stages.get(name)) and told.get("spread")
            }
            cameras = _by_camera(run.folder, key, kept[-1])
            found.append(Written(key, entry, stages, spread, cameras))
    return found, [f"{stage}, {key}" for key, stage in sorted(gone)]


def _same(told: Mapping[str, Any], means: Mapping[str, float] | None) -> bool:
    """Tell whether an entry of evaluation.json is of the evaluation that metrics.json has."""
    return means is not None and told.get("mean") == means


def _by_camera(folder: Path, key: str, stage: str) -> Table | None:
    """Return scores of a stage by the camera of the query, over all draws."""
    rows: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in _queries(named_file(folder, "queries", key)):
        if row["stage"] == stage and row["first_match"] not in (None, ""):
            first = float(row["first_match"]) == 1
            rows[str(row["camera"])].append((first, float(row["average_precision"])))
    if not rows:
        return None
    cells = []
    for camera, values in sorted(rows.items()):
        rank1, precision = 100 * np.mean(values, axis=0)
        name = "unknown" if camera == "0" else camera
        cells.append((name, len(values), f"{rank1:.1f}", f"{precision:.1f}"))
    return Table(("camera of the query", "queries, all draws", "Rank-1", "mAP"), tuple(cells))


def _queries(place: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a table of queries; none where it is missing or cannot be read here."""
    table, text = (place.with_name(f"{place.name}.{end}") for end in ("parquet", "csv"))
    if table.is_file() and find_spec("pyarrow") is not None:
        from pyarrow import parquet

        yield from parquet.read_table(table).to_pylist()
    elif text.is_file():
        with text.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def headline(scores: Sequence[Written]) -> tuple[tuple[str, str], ...]:
    """Return the numbers that matter most.

    Args:
        scores: by protocol; the first is taken.

    Returns:
        Numbers with what they are; none where nothing was scored.
    """
    if not scores:
        return ()
    stage, means = scores[0].last
    names = [name for name in ("rank1", "mAP") if name in means]
    return tuple(
        (f"{means[name]:.1f}%", f"{NAMES.get(name, name)} after {stage}") for name in names
    )
