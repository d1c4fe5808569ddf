"""Embeddings in a Parquet file: whether there are some, and reading and writing them."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.errors import ConfigError, DataError
from vireid.files import whole_file
from vireid.ranking import Gallery
from vireid.types import Embeddings, Float, Images, Int, Levels, Modality, NamedStatistics

SAID = b"vireid"
"""Where a file says what made its embeddings, as JSON."""
NEEDED = ("vector", "modality", "path")
"""Columns that are always there; camera, time and track may be."""


def is_embedded(path: Path) -> bool:
    """Tell whether a path is a Parquet file with embeddings, and no manifest.

    Args:
        path: of a file or folder.

    Returns:
        True where it has a column ``vector``.
    """
    if path.suffix.lower() != ".parquet" or not path.is_file():
        return False
    return "vector" in _parquet(path).schema_arrow.names


def _parquet(path: Path) -> Any:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError as error:
        raise ConfigError(
            f"{path} needs the package pyarrow, which cannot be imported ({error}); install it by: "
            "pip install 'vireid[gallery]'"
        ) from error
    try:
        return parquet.ParquetFile(path)
    except (OSError, ArrowException) as error:
        raise DataError(f"{path} cannot be read as Parquet: {error}") from error


def read_table(path: Path) -> Gallery:
    """Read embeddings of a Parquet file.

    Args:
        path: with the columns ``vector`` (lists of D numbers, of unit length), ``modality``
            (visible or infrared) and ``path``, and, where they are known, ``camera``, ``track``
            (names), ``time`` (seconds since 1970 in UTC) and ``network``.

    Returns:
        The embeddings with what is known of them.

    Raises:
        DataError: a column is missing or holds something else.
    """
    table = _parquet(path).read()
    missing = [name for name in NEEDED if name not in table.column_names]
    if missing:
        raise DataError(f"{path} lacks the columns {', '.join(missing)}; expected {NEEDED}")
    said = json.loads((table.schema.metadata or {}).get(SAID, b"{}"))
    rows = {name: table.column(name).to_pylist() for name in table.column_names if name != "vector"}
    kinds = [str(kind).lower() for kind in rows["modality"]]
    wrong = sorted(set(kinds) - {"visible", "infrared"})
    if wrong:
        raise DataError(f"{path}: modality is {wrong[0]!r}; expected visible or infrared")
    cameras, camera_names = _numbered(rows.get("camera"), len(kinds), first=1, none=0)
    tracks, track_names = _numbered(rows.get("track"), len(kinds), first=0, none=-1)
    networks = {str(one) for one in rows.get("network", []) if one} or {said.get("network")}
    if len(networks) > 1:
        raise DataError(f"{path} holds rows of {len(networks)} networks; expected one")
    levels, statistics = said.get("levels"), said.get("statistics")
    images = Images(
        Path(),
        tuple(os.fsdecode(one) for one in rows["path"]),
        np.array([kind == "infrared" for kind in kinds], dtype=np.int64),
        cameras,
        track=tracks,
        time=_times(rows.get("time"), len(kinds)),
        cameras=camera_names,
        tracks=track_names,
        levels=None if levels is None else Levels.from_json(levels),
    )
    return Gallery(
        images,
        Embeddings(_vectors(path, table), images.modality),
        networks.pop(),
        said.get("source"),
        None,
        None if statistics is None else NamedStatistics.from_json(statistics),
    )


def _numbered(
    names: list[Any] | None, count: int, *, first: int, none: int
) -> tuple[Int, dict[int, str]]:
    """Return names as numbers, and the names that the numbers stand for."""
    given = [None] * count if names is None else names
    texts = [None if one in (None, "", b"") else _text(one) for one in given]
    known = sorted({one for one in texts if one is not None})
    numbers = {name: number for number, name in enumerate(known, first)}
    coded = [none if one is None else numbers[one] for one in texts]
    return np.array(coded, dtype=np.int64), {number: name for name, number in numbers.items()}


def _text(name: Any) -> str:
    return os.fsdecode(name) if isinstance(name, bytes) else str(name)


def _times(times: list[Any] | None, count: int) -> NDArray[np.float64]:
    given = [None] * count if times is None else times
    return np.array([np.nan if one is None else float(one) for one in given], dtype=np.float64)


def _vectors(path: Path, table: Any) -> Float:
    """Return the vectors [N, D] of a table."""
    column = table.column("vector").combine_chunks()
    try:
        flat = np.asarray(column.flatten().to_numpy(zero_copy_only=False), dtype=np.float32)
        return flat.reshape(table.num_rows, -1)
    except (AttributeError, TypeError, ValueError) as error:
        raise DataError(
            f"{path}: vector is of type {table.schema.field('vector').type}; expected lists of as "
            f"many numbers for each row ({error})"
        ) from error


def write_table(path: Path, rows: Any, said: dict[str, str | None]) -> None:
    """Write rows of a store to a Parquet file, whole or not at all.

    Args:
        path: the file.
        rows: an arrow table of rows.
        said: what made the embeddings.

    Raises:
        DataError: the file cannot be written.
    """
    import pyarrow as pa
    from pyarrow import parquet

    kinds = pa.array([Modality(kind).name.lower() for kind in rows.column("modality").to_pylist()])
    rows = rows.set_column(rows.schema.get_field_index("modality"), "modality", kinds)
    for name in ("camera", "track", "path"):
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, name, _as_text(rows.column(name)))
    for name in ("time", "expires"):
        values = rows.column(name).to_numpy()
        known = pa.array(values, pa.float64(), mask=np.isnan(values))
        rows = rows.set_column(rows.schema.get_field_index(name), name, known)
    rows = rows.drop_columns(["id"]).replace_schema_metadata({SAID: json.dumps(said)})
    with whole_file(path) as whole:
        parquet.write_table(rows, whole)


def _as_text(column: Any) -> Any:
    """Return names as text; as bytes where one of them is no UTF-8, which are read again, too."""
    import pyarrow as pa

    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        return column
