"""Rows of a comparison as the results of a study, for tables that show both."""

from collections import Counter
from collections.abc import Iterable, Sequence

from vireid.studies.comparison.rows import Row
from vireid.studies.results import Result


def as_results(rows: Sequence[Row]) -> tuple[list[Result], set[str]]:
    """Turn rows into results.

    Args:
        rows: of any comparisons; those that could not be trained are left out.

    Returns:
        The results, and the names of those of their rows that were trained with true identities. A
        method that stands there with several settings is a row for each, and data of one name that
        hold several contents are several data.
    """
    trained = [row for row in rows if row.mAP is not None]
    methods = _names((row.method, _method(row), row.setting or "as it ships") for row in trained)
    data = _names((row.data, f"{row.data} ({row.contents})", row.contents) for row in trained)
    results = [
        _result(row, methods[_method(row)], data[f"{row.data} ({row.contents})"]) for row in trained
    ]
    return results, {methods[_method(row)] for row in trained if row.oracle}


def _method(row: Row) -> str:
    """Return what a method and its settings are told from others by."""
    return f"{row.method} ({row.recipe})"


def _names(found: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Return a name for each key, the shortest that no other one has."""
    known = {key: (name, f"{name} ({more})", key) for name, key, more in found}
    taken = Counter(name for names in known.values() for name in names[:2])
    return {
        key: next((name for name in names[:2] if taken[name] == 1), names[2])
        for key, names in known.items()
    }


def _result(row: Row, method: str, data: str) -> Result:
    assert row.rank1 is not None
    assert row.mAP is not None
    assert row.mINP is not None
    return Result(
        data, row.seed, method, row.rank1, row.mAP, row.mINP, ari=row.ari,
        pair_precision=None, coverage=None,
        minutes=row.minutes or 0.0, training_mAP=row.training_mAP, memory=row.memory,
        protocol=row.protocol,
    )  # fmt: skip
