"""Results of a study as tables: mean and spread of each row, and paired gains."""

from collections.abc import Iterator, Sequence

from vireid.metrics import Spread, spread
from vireid.studies.by_run import gains_by_run
from vireid.studies.markdown import head_lines, spread_text, table_line
from vireid.studies.results import Result, of_protocol, protocols_of, values_of

COLUMNS = {
    "rank1": "Rank-1", "mAP": "mAP", "mINP": "mINP", "training_mAP": "training mAP",
    "ari": "shared ARI", "coverage": "coverage", "pair_precision": "pair precision",
    "minutes": "minutes", "memory": "memory (MB)",
}  # fmt: skip
"""Title of each column of a table, by the name of its number."""
GAINED = ("rank1", "mAP", "mINP", "training_mAP", "ari")
"""The numbers whose gains are shown."""
ERROR = "standard error (mAP)"
DIGITS = {"ari": 3, "coverage": 2, "pair_precision": 2, "memory": 0}
"""Digits behind the point, where it is not one."""


def gain(results: Sequence[Result], row: str, base: str, name: str) -> Spread | None:
    """Compare two rows run by run: same data, same seed.

    Args:
        results: of a study, of one protocol.
        row: the one that should be better.
        base: the other one.
        name: of the number that is compared.

    Returns:
        Mean and spread of the differences; None where no run has both.
    """
    return spread(paired_differences(results, row, base, name).values())


def row_table(results: Sequence[Result], rows: Sequence[str]) -> str:
    """Return mean and spread of each row over all its runs, as Markdown.

    Args:
        results: of a study, of one protocol (``of_protocol``) or of all.
        rows: in the order of the table; those without a result are left out.

    Returns:
        Lines of a table; of several protocols one after the other, with a column of their names.
    """
    names, several = _known(results), protocols_of(results)
    titles = ["", *(COLUMNS[name] for name in names), "runs"]
    if len(several) < 2:
        return "\n".join([*head_lines(titles), *map(table_line, _rows(results, rows, names))])
    lines = head_lines(["protocol", *titles])
    for protocol in several:
        cells = _rows(of_protocol(results, protocol), rows, names)
        lines += [table_line([protocol, *found]) for found in cells]
    return "\n".join(lines)


def data_table(results: Sequence[Result], rows: Sequence[str]) -> str:
    """Return mean and spread over the seeds for each data set and row, as Markdown.

    Args:
        results: of a study, of one protocol.
        rows: in the order of the table.

    Returns:
        Lines of a table.
    """
    names = _known(results)
    lines = head_lines(["data", "", *(COLUMNS[name] for name in names), "runs"])
    for data in dict.fromkeys(result.data for result in results):
        chosen = [result for result in results if result.data == data]
        lines += [table_line([data, *cells]) for cells in _rows(chosen, rows, names)]
    return "\n".join(lines)


def gain_table(results: Sequence[Result], pairs: Sequence[tuple[str, str]]) -> str:
    """Return how much rows gain over others, run by run, as Markdown: mean ± standard deviation.

    Args:
        results: of a study, of one protocol.
        pairs: each row and what it is compared with.

    Returns:
        Lines of a table; the last columns are the standard error of the mean gain in mAP, and the
        runs in which mAP rose.
    """
    names = [name for name in GAINED if name in _known(results)]
    lines = head_lines(["", "over", *(COLUMNS[name] for name in names), ERROR, "mAP rose in"])
    for row, base in pairs:
        rises = paired_differences(results, row, base, "mAP").values()
        found = spread(rises)
        if found is not None:
            cells = [
                spread_text(gain(results, row, base, n), DIGITS.get(n, 1), signed=True)
                for n in names
            ]
            error = "-" if found.error is None else f"{found.error:.1f}"
            rose = f"{sum(rise > 0 for rise in rises)} of {len(rises)}"
            lines.append(table_line([row, base, *cells, error, rose]))
    return "\n".join(lines)


def paired_differences(
    results: Sequence[Result], row: str, base: str, name: str
) -> dict[tuple[str, int], float]:
    """Return what a row has more than another, for each run that both have.

    Args:
        results: of a study, of one protocol.
        row: the one that should be better.
        base: the other one.
        name: of the number.

    Returns:
        Differences by data and seed.
    """
    return gains_by_run(values_of(results, row, name), values_of(results, base, name))


def _known(results: Sequence[Result]) -> list[str]:
    """Return the numbers to show: all but those that results of earlier versions lack."""
    unknown = {"training_mAP"} if any(r.training_mAP is None for r in results) else set()
    if all(r.memory is None for r in results):
        unknown.add("memory")
    return [name for name in COLUMNS if name not in unknown]


def _rows(
    results: Sequence[Result], rows: Sequence[str], names: Sequence[str]
) -> Iterator[list[str]]:
    """Yield the cells of each row that has results: name, mean and spread, number of runs."""
    for row in rows:
        runs = len(values_of(results, row, "mAP"))
        if runs:
            found = [
                spread_text(spread(values_of(results, row, n).values()), DIGITS.get(n, 1))
                for n in names
            ]
            yield [row, *found, str(runs)]
