"""The columns of a store's tables."""

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

ABOUT = "about"
"""The table that holds the head: one text."""
EVENTS = "events"
"""The table of the audit log."""
ABOUT_SCHEMA = pa.schema([pa.field("text", pa.string(), nullable=False)])
EVENTS_SCHEMA = pa.schema(
    [
        pa.field("time", pa.float64(), nullable=False),
        pa.field("what", pa.string(), nullable=False),
        pa.field("rows", pa.int64(), nullable=False),
        pa.field("who", pa.string(), nullable=False),
    ]
)


def rows_schema(size: int) -> pa.Schema:
    """Return the columns of the rows.

    Names are bytes, as names of files need not be text.

    Args:
        size: D.

    Returns:
        The schema.
    """
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


def rows_table(columns: Mapping[str, Any], size: int) -> pa.Table:
    """Return rows as an arrow table.

    Args:
        columns: of the schema by name; ``vector`` as [N, D], names as text.
        size: D.

    Returns:
        N rows.
    """
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


def vectors_of(table: pa.Table) -> np.ndarray:
    """Return the vectors [N, D] of an arrow table of rows."""
    column = table.column("vector").combine_chunks()
    if isinstance(column, pa.ChunkedArray):  # nothing at all
        return np.empty((0, table.schema.field("vector").type.list_size), np.float32)
    return np.asarray(column.flatten()).reshape(len(column), -1)
