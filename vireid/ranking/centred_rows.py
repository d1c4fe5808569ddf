"""Statistics that were taken off embeddings, in a file: each row says its own."""

from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from vireid.errors import DataError
from vireid.ranking.arrays import single_text
from vireid.types import NamedStatistics
from vireid.types.named_statistics import StatisticsOf


def rows_of_statistics(statistics: NamedStatistics, count: int) -> dict[str, NDArray[Any]]:
    """Return what a file says of the statistics that were taken off its embeddings.

    Args:
        statistics: of the cameras.
        count: N, rows of the file.

    Returns:
        ``centred`` [N], whose statistics they are and their fingerprint, which stays when files
        are joined; and ``statistics``, JSON.
    """
    text = f"{statistics.of} {statistics.fingerprint}"
    return {
        "centred": np.full(count, text.encode("ascii")),
        "statistics": np.array(statistics.to_json().encode("ascii")),
    }


def centred_rows(path: Path, values: Any) -> tuple[StatisticsOf, str] | None:
    """Return whose statistics were taken off the rows of a file, and their fingerprint.

    Args:
        path: the file, for messages.
        values: its array ``centred``; None where it has none.

    Returns:
        Both; None where nothing was taken off.

    Raises:
        DataError: the rows differ in it, as where files were joined, or it cannot be read.
    """
    text = single_text(path, "centred", values)
    if text is None:
        return None
    of, _, fingerprint = text.partition(" ")
    for known in get_args(StatisticsOf):
        if of == known:
            return known, fingerprint
    raise DataError(f"{path}: centred is {text!r}, which this version cannot read; embed again")


def saved_statistics(path: Path, centred: Any, values: Any) -> NamedStatistics | None:
    """Return the statistics that were taken off the embeddings of a file.

    Args:
        path: the file, for messages.
        centred: its array of that name; None where it has none.
        values: its array ``statistics``, likewise.

    Returns:
        The statistics; None where nothing was taken off.

    Raises:
        DataError: as for ``centred_rows``, or the two arrays do not belong together.
    """
    rows, text = centred_rows(path, centred), single_text(path, "statistics", values)
    if rows is None and text is None:
        return None
    try:
        found = None if text is None else NamedStatistics.from_json(text)
    except DataError as error:
        raise DataError(f"{path}: {error}; embed again") from error
    if rows is None or found is None or rows != (found.of, found.fingerprint):
        raise DataError(
            f"{path} does not hold the statistics that were taken off its embeddings; embed again"
        )
    return found
