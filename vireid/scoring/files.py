"""What an evaluation leaves on the disk: scores as JSON, and those of each query as a table."""

import csv
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.data import DataFolder
from vireid.errors import CheckpointError
from vireid.files import whole_file
from vireid.runs import Run
from vireid.scoring.choice import known_truth
from vireid.scoring.comparable import alike, described, facts_of, renamed
from vireid.scoring.networks import Scored
from vireid.scoring.scores import ProtocolScores

_log = logging.getLogger("vireid")

COLUMNS = (
    "stage",
    "draw",
    "query",
    "identity",
    "camera",
    "matches",
    "first_match",
    "average_precision",
    "inverse_negative_penalty",
    "best",
    "best_identity",
)
"""Columns of the table of queries."""

FACTS = ("seconds", "seed", "protocol", "draws", "data", "test_images")
"""What metrics.json holds beside the scores of stages."""


def merge_metrics(run: Run, scored: Scored, data: DataFolder, seconds: float) -> None:
    """Add scores to metrics.json, keeping those of other stages that can stand beside them.

    Args:
        run: the run.
        scored: scores by stage; those of another protocol, another number of draws or other test
            images are dropped from the file, and named in a message.
        data: what was evaluated on.
        seconds: of this evaluation.

    Raises:
        CheckpointError: the file is damaged.
        DataError: it cannot be written.
    """
    metrics, timing = renamed(read_json(run.metrics_file)), read_json(run.timing_file)
    facts = facts_of(scored, data)
    if not alike(metrics, facts):
        gone = [key for key in metrics if key not in FACTS]
        _say_replaced(run.metrics_file, metrics, gone, facts)
        metrics = {}
    metrics["seconds"] = timing | metrics.get("seconds", {}) | {"evaluation": seconds}
    metrics |= {stage: result.table() for stage, result in scored.results.items()}
    metrics |= {"seed": run.outline().seed, **facts}
    write_json(run.metrics_file, metrics)


def write_scores(folder: Path, scored: Scored, data: DataFolder) -> list[Path]:
    """Write the scores of all draws, and of all queries in all draws.

    Args:
        folder: gets evaluation.json, and queries.parquet where pyarrow is installed, else
            queries.csv.
        scored: the scores; what an earlier evaluation had beside these is named in a message.
        data: names the queries.

    Returns:
        The two files.

    Raises:
        CheckpointError: an earlier evaluation.json is damaged.
        DataError: a file cannot be written.
    """
    summary, table = folder / "evaluation.json", folder / "queries.parquet"
    earlier, facts = renamed(read_json(summary)), facts_of(scored, data)
    again = scored.results if alike(earlier, facts) else ()
    gone = [key for key in earlier.get("stages", ()) if key not in again]
    _say_replaced(summary, earlier, gone, facts)
    stages = {name: _summary(result) for name, result in scored.results.items()}
    count = len(scored.protocol.draws[0].query)
    write_json(summary, {**facts, "queries": count, "stages": stages})
    columns = _query_columns(scored, data)
    if find_spec("pyarrow") is None:
        table = folder / "queries.csv"
        _write_csv(table, columns)
    else:
        _write_parquet(table, columns)
    return [summary, table]


def _summary(result: ProtocolScores) -> dict[str, Any]:
    """Return scores in percent: mean, standard deviation, of each draw, and the CMC curve."""
    return {
        "mean": result.table(),
        "spread": result.spread(),
        "draws": {name: values.tolist() for name, values in result.columns().items()},
        "cmc": (100 * np.mean([draw.cmc for draw in result.draws], axis=0)).tolist(),
        "valid_queries": [draw.valid_queries for draw in result.draws],
    }


def _query_columns(scored: Scored, data: DataFolder) -> dict[str, list[Any]]:
    """Return the columns of the table of queries; None where a query has no such value."""
    rows = list(_query_rows(scored, data))
    return dict(zip(COLUMNS, (list(column) for column in zip(*rows, strict=True)), strict=True))


def _query_rows(scored: Scored, data: DataFolder) -> Iterator[tuple[Any, ...]]:
    identities, camera = known_truth(data).identities, data.test.camera
    for stage, result in scored.results.items():
        draws = zip(scored.protocol.draws, result.draws, result.best, strict=True)
        for number, (draw, scores, best) in enumerate(draws):
            each = scores.queries
            found = [index if index >= 0 else None for index in best.tolist()]
            columns = (
                [data.test.paths[index] for index in draw.query],
                identities[draw.query].tolist(),
                camera[draw.query].tolist(),
                each.matches.tolist(),
                [None if rank is None else int(rank) for rank in _known(each.first_match)],
                _known(each.average_precision),
                _known(each.inverse_negative_penalty),
                [None if index is None else data.test.paths[index] for index in found],
                [None if index is None else int(identities[index]) for index in found],
            )
            for row in zip(*columns, strict=True):
                yield (stage, number, *row)


def _known(values: NDArray[np.float64]) -> list[float | None]:
    """Return the values with None for NaN."""
    return [None if value != value else value for value in values.tolist()]


def _write_csv(path: Path, columns: dict[str, list[Any]]) -> None:
    with whole_file(path) as whole, whole.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(columns)
        table.writerows(zip(*columns.values(), strict=True))


def _write_parquet(path: Path, columns: dict[str, list[Any]]) -> None:
    import pyarrow
    from pyarrow import parquet

    with whole_file(path) as whole:
        parquet.write_table(pyarrow.table(columns), whole)


def _say_replaced(
    file: Path, earlier: Mapping[str, Any], stages: Sequence[str], facts: Mapping[str, Any]
) -> None:
    """Name the stages whose earlier scores a file loses."""
    if stages:
        _log.info("replaced in %s: %s (%s)", file, ", ".join(stages), described(earlier, facts))


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Args:
        path: the file.

    Returns:
        The object; an empty one where there is no file.

    Raises:
        CheckpointError: the file is damaged.
    """
    if not path.exists():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); delete it and try again") from error


def write_json(path: Path, value: object) -> None:
    """Write JSON, whole or not at all.

    Args:
        path: the file.
        value: plain values.

    Raises:
        DataError: the file cannot be written.
    """
    with whole_file(path) as whole:
        whole.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
