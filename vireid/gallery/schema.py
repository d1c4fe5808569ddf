"""The columns of a store's tables."""

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

ABOUT = "about"
"""The table that holds the head: one text."""
EVENTS = "events"
"""The table of the audit log."""


def about_schema() -> Any:
    """Return the columns of the head."""
    import pyarrow as pa

    return pa.schema([pa.field("text", pa.string(), nullable=False)])


def events_schema() -> Any:
    """Return the columns of the audit log."""
    import pyarrow as pa

    kinds = {"time": pa.float64(), "what": pa.string(), "rows": pa.int64(), "who": pa.string()}
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in kinds.items()])


def rows_schema(size: int) -> Any:
    """Return the columns of the rows.

    Names are bytes, as names of files need not be text.

    Args:
        size: D.

    Returns:
        The schema.
    """
    import pyarrow as pa

    kinds = {
        "id": pa.int64(),
        "key": pa.string(),
        "vector": pa.list_(pa.float32(), size),
        "modality": pa.int8(),
        "camera": pa.binary(),
        "time": pa.float64(),
        "track": pa.binary(),
        "path": pa.binary(),
        "content": pa.string(),
        "network": pa.string(),
        "added": pa.float64(),
        "expires": pa.float64(),
    }
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in kinds.items()])


def rows_table(columns: Mapping[str, Any], size: int) -> Any:
    """Return rows as an arrow table.

    Args:
        columns: of the schema by name; ``vector`` as [N, D], names as text.
        size: D.

    Returns:
        N rows.
    """
    import pyarrow as pa

    schema, arrays = rows_schema(size), []
    for field in schema:
        values = columns[field.name]
        if field.name == "vector":
            flat = pa.array(np.ascontiguousarray(values, dtype=np.float32).reshape(-1))
            arrays.append(pa.FixedSizeListArray.from_arrays(flat, size))
        elif pa.types.is_binary(field.type):
            arrays.append(pa.array([os.fsencode(value) for value in values], field.type))
        else:
            arrays.append(pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def vectors_of(table: Any) -> np.ndarray:
    """Return the vectors of rows.

    Args:
        table: an arrow table of N rows.

    Returns:
        [N, D].
    """
    column = table.column("vector").combine_chunks()
    return np.asarray(column.flatten()).reshape(len(column), column.type.list_size)
