"""The verb: is a data set sound, and what can it be used for."""

from collections.abc import Sequence
from pathlib import Path

from vireid.data import MAX_UNREADABLE, Inspection
from vireid.data.check import inspection
from vireid.scoring.valid_queries import count_queries
from vireid.types import Levels, Tell


def check(
    data: Path | str,
    *,
    fold: int | None = None,
    quick: bool = False,
    workers: int | None = None,
    max_unreadable: float = MAX_UNREADABLE,
    progress: Tell | None = None,
    levels: Levels | str | Sequence[str] | None = None,
) -> Inspection:
    """Read a data set's lists, open all its images once, try its protocol, and judge.

    Args:
        data: a data set as for ``open_data``.
        fold: which of the ten folds of RegDB, 1 to 10; all if not given. For RegDB's layout
            only.
        quick: read only the headers of the images.
        workers: number of threads; one a processor, at most eight, if not given.
        max_unreadable: share of the training images that may be unreadable, in [0, 1).
        progress: told of the images that are done and of all.
        levels: what becomes black and white of files of more than 8 bits, as the command's
            ``--levels`` takes it; found from the files if not given.

    Returns:
        The finding.

    Raises:
        DataError: where the path has no known layout, or a manifest is no table.
        ConfigError: where an option does not apply or is out of range.
    """
    return inspection.check(
        data,
        fold=fold,
        quick=quick,
        workers=workers,
        progress=progress,
        max_unreadable=max_unreadable,
        count_queries=count_queries,
        levels=levels,
    )
