"""Columns of a Parquet file that anybody may have written -> arrays, or a line on what is wrong."""

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.errors import DataError
from vireid.types import Float, Int

LATEST = 1e11
"""Seconds since 1970 above which a time is taken for one of milliseconds or less."""


def vectors_in(table: Any) -> Float:
    """Return the column ``vector``.

    Args:
        table: an arrow table of N rows.

    Returns:
        [N, D].

    Raises:
        DataError: it is no list of as many numbers in each row.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    column = table.column("vector").combine_chunks()
    kind = column.type
    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    if not lists and not pa.types.is_fixed_size_list(kind):
        raise DataError(f"vector is of type {kind}; expected lists of numbers")
    if not (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)):
        raise DataError(f"vector holds lists of {kind.value_type}; expected lists of numbers")
    flat = column.flatten()
    if column.null_count or flat.null_count:
        raise DataError("vector is empty in some rows; expected as many numbers in each")
    lengths = np.unique(pc.list_value_length(column).to_numpy(zero_copy_only=False))
    if len(lengths) > 1:
        raise DataError(
            f"vector has {lengths[0]} numbers in some rows and {lengths[-1]} in others; expected "
            "as many in each"
        )
    numbers = np.asarray(flat.to_numpy(zero_copy_only=False), dtype=np.float32)
    return numbers.reshape(table.num_rows, int(lengths[0]) if len(lengths) else 0)


def numbered(table: Any, name: str, *, first: int, none: int) -> tuple[Int, dict[int, str]]:
    """Return names as numbers, and the names that the numbers stand for.

    Args:
        table: an arrow table of N rows.
        name: of the column, which need not be there.
        first: the number of the first name.
        none: the number of rows without a name.

    Returns:
        [N] numbers, and names by number.

    Raises:
        DataError: the column holds something else.
    """
    given = table.column(name).to_pylist() if name in table.column_names else []
    texts = [_name(name, one) for one in given] or [None] * table.num_rows
    numbers = {one: number for number, one in enumerate(sorted({*texts} - {None}), first)}  # type: ignore[type-var]
    coded = [none if one is None else numbers[one] for one in texts]
    return np.array(coded, dtype=np.int64), {number: str(one) for one, number in numbers.items()}


def _name(column: str, given: object) -> str | None:
    """Return a name; whole numbers that pandas made floating ones are whole again."""
    if given is None or given in ("", b"") or given != given:
        return None
    if isinstance(given, float) and given.is_integer():
        return str(int(given))
    if isinstance(given, str | int):
        return str(given)
    if isinstance(given, bytes):
        return os.fsdecode(given)
    raise DataError(f"{column} holds {given!r}; expected names")


def texts_in(table: Any, name: str) -> list[str]:
    """Return a column of texts.

    Args:
        table: an arrow table of N rows.
        name: of the column.

    Returns:
        N texts.

    Raises:
        DataError: a row has none.
    """
    given = table.column(name).to_pylist()
    wrong = [one for one in given if not isinstance(one, str | bytes)]
    if wrong:
        raise DataError(f"{name} holds {wrong[0]!r}; expected a text in each row")
    return [os.fsdecode(one) for one in given]


def times_in(table: Any, name: str) -> NDArray[np.float64]:
    """Return a column of times.

    Args:
        table: an arrow table of N rows.
        name: of the column, which need not be there.

    Returns:
        [N] seconds since 1970 in UTC, NaN where unknown.

    Raises:
        DataError: the column holds no times, or numbers that are no seconds.
    """
    import pyarrow as pa

    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    column, scale = table.column(name).combine_chunks(), 1.0
    if pa.types.is_timestamp(column.type):
        column, scale = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64()), 1e-6
    if not any(test(column.type) for test in (pa.types.is_integer, pa.types.is_floating,
                                              pa.types.is_null)):  # fmt: skip
        raise DataError(f"{name} is of type {column.type}; expected seconds since 1970 in UTC")
    found = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False) * scale
    wrong = found[np.abs(found) > LATEST]
    if wrong.size:
        raise DataError(f"{name} is {wrong[0]:g}; expected seconds since 1970, not parts of them")
    return np.asarray(found, dtype=np.float64)
