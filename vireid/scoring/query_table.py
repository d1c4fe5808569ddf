"""The table of queries: a row for each stage, draw and query, as Parquet or CSV."""

import csv
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.data import DataFolder
from vireid.files import whole_file
from vireid.scoring.choice import known_truth
from vireid.scoring.networks import Scored
from vireid.types import Int, Truth

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


def write_queries(place: Path, scored: Scored, data: DataFolder) -> Path:
    """Write the scores of all queries in all draws.

    Args:
        place: the file without its ending, which is .parquet where pyarrow is installed, else
            .csv.
        scored: the scores.
        data: names the queries.

    Returns:
        The file.

    Raises:
        DataError: it cannot be written.
    """
    columns = _query_columns(scored, data)
    if find_spec("pyarrow") is None:
        file = place.with_name(f"{place.name}.csv")
        _write_csv(file, columns)
    else:
        file = place.with_name(f"{place.name}.parquet")
        _write_parquet(file, columns)
    return file


def _query_columns(scored: Scored, data: DataFolder) -> dict[str, list[Any]]:
    """Return the columns of the table of queries; None where a query has no such value."""
    rows = list(_query_rows(scored, data))
    return dict(zip(COLUMNS, (list(column) for column in zip(*rows, strict=True)), strict=True))


def _query_rows(scored: Scored, data: DataFolder) -> Iterator[tuple[Any, ...]]:
    people, cameras = _people(known_truth(data)), _cameras(data)
    for stage, result in scored.results.items():
        draws = zip(scored.protocol.draws, result.draws, result.best, strict=True)
        for number, (draw, scores, best) in enumerate(draws):
            each = scores.queries
            found = [index if index >= 0 else None for index in best.tolist()]
            columns = (
                [data.test.paths[index] for index in draw.query],
                [people[index] for index in draw.query],
                [cameras[index] for index in draw.query],
                each.matches.tolist(),
                [None if rank is None else int(rank) for rank in _known(each.first_match)],
                _known(each.average_precision),
                _known(each.inverse_negative_penalty),
                [None if index is None else data.test.paths[index] for index in found],
                [None if index is None else people[index] for index in found],
            )
            for row in zip(*columns, strict=True):
                yield (stage, number, *row)


def _people(truth: Truth) -> list[Any]:
    """Return the identity of each image: its name as text where some have names."""
    return _named(truth.identities, truth.name) if truth.names else truth.identities.tolist()


def _cameras(data: DataFolder) -> list[Any]:
    """Return the camera of each image, likewise."""
    images = data.test
    if not images.cameras:
        return list(images.camera.tolist())
    return _named(images.camera, images.camera_name)


def _named(numbers: Int, name: Callable[[int], str]) -> list[Any]:
    return [name(number) for number in numbers.tolist()]


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
