"""What an evaluation leaves on the disk: scores as JSON, and those of each query as a table."""

import csv
import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from vireid.cli.scoring import Scored
from vireid.data import DataFolder
from vireid.errors import CheckpointError
from vireid.evaluation import EvaluationResult
from vireid.files import whole_file
from vireid.runs import Run

COLUMNS = (
    "stage",
    "trial",
    "query",
    "first_match",
    "average_precision",
    "inverse_negative_penalty",
)
"""Columns of the table of queries."""


def merge_metrics(run: Run, scored: Scored, seconds: float) -> dict[str, Any]:
    """Add scores to metrics.json, keeping those of other stages under the same protocol.

    Args:
        run: the run.
        scored: scores by stage; those of another protocol are dropped from the file.
        seconds: of this evaluation.

    Returns:
        What the file now holds.
    """
    metrics, timing = read_json(run.metrics_file), read_json(run.timing_file)
    if metrics.get("protocol", scored.name) != scored.name:
        metrics = {}
    metrics["seconds"] = timing | metrics.get("seconds", {}) | {"evaluation": seconds}
    metrics |= {stage: result.table() for stage, result in scored.results.items()}
    metrics |= {"seed": run.recipe().seed, "protocol": scored.name}
    write_json(run.metrics_file, metrics)
    return metrics


def write_scores(folder: Path, scored: Scored, data: DataFolder) -> list[Path]:
    """Write the scores of all trials, and of all queries in all trials.

    Args:
        folder: gets evaluation.json, and queries.parquet where pyarrow is installed, else
            queries.csv.
        scored: the scores.
        data: names the queries.

    Returns:
        The two files.

    Raises:
        DataError: a file cannot be written.
    """
    summary, table = folder / "evaluation.json", folder / "queries.parquet"
    stages = {name: _summary(result) for name, result in scored.results.items()}
    count = len(scored.protocol.trials[0].query)
    write_json(
        summary,
        {"data": data.name, "protocol": scored.name, "queries": count, "stages": stages},
    )
    columns = _query_columns(scored, data)
    if find_spec("pyarrow") is None:
        table = folder / "queries.csv"
        _write_csv(table, columns)
    else:
        _write_parquet(table, columns)
    return [summary, table]


def _summary(result: EvaluationResult) -> dict[str, Any]:
    """Return scores in percent: mean, standard deviation, of each trial, and the CMC curve."""
    return {
        "mean": result.table(),
        "spread": result.spread(),
        "trials": {name: values.tolist() for name, values in result.columns().items()},
        "cmc": (100 * np.mean([trial.cmc for trial in result.trials], axis=0)).tolist(),
        "valid_queries": [trial.valid_queries for trial in result.trials],
    }


def _query_columns(scored: Scored, data: DataFolder) -> dict[str, list[Any]]:
    """Return the columns of the table of queries; NaN where a query does not count."""
    rows = list(_query_rows(scored, data))
    return dict(zip(COLUMNS, (list(column) for column in zip(*rows, strict=True)), strict=True))


def _query_rows(scored: Scored, data: DataFolder) -> Iterator[tuple[Any, ...]]:
    for stage, result in scored.results.items():
        trials = zip(scored.protocol.trials, result.trials, strict=True)
        for number, (trial, scores) in enumerate(trials):
            paths = (data.test.paths[index] for index in trial.query)
            values = (getattr(scores.queries, name).tolist() for name in COLUMNS[3:])
            for path, *row in zip(paths, *values, strict=True):
                yield (stage, number, path, *row)


def _write_csv(path: Path, columns: dict[str, list[Any]]) -> None:
    with whole_file(path) as whole, whole.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(columns)
        for *names, first, precision, penalty in zip(*columns.values(), strict=True):
            counts = first == first  # NaN is not
            scores = (int(first), precision, penalty) if counts else ("", "", "")
            table.writerow((*names, *scores))


def _write_parquet(path: Path, columns: dict[str, list[Any]]) -> None:
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.table(
        {name: pyarrow.array(values, from_pandas=True) for name, values in columns.items()}
    )
    whole_ranks = table["first_match"].cast(pyarrow.int64())
    table = table.set_column(COLUMNS.index("first_match"), "first_match", whole_ranks)
    with whole_file(path) as whole:
        parquet.write_table(table, whole)


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
