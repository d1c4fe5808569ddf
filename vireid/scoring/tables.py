"""Scores as plain text: a title, a header and a line for each row."""

from collections.abc import Mapping, Sequence

NAMES = {"rank1": "Rank-1", "rank5": "Rank-5", "rank10": "Rank-10", "rank20": "Rank-20"}
"""How scores are called in tables, where it differs from their key."""


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> str:
    """Return a table whose first column is text and whose other columns are numbers.

    Args:
        header: names of the columns.
        rows: the cells, as many in each row.
        title: above the table.

    Returns:
        Lines of text; a first column without any text is left out.

    >>> print(text_table(["", "mAP"], [["before", "5.0"], ["joint", "34.5"]], "in %"))
    in %
             mAP
    before   5.0
    joint   34.5
    """
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [title]
    for line in lines:
        numbers = [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        text.append("  ".join([line[0].ljust(widths[0])] * (widths[0] > 0) + numbers))
    return "\n".join(text)


def mean_cells(
    means: Mapping[str, float], deviations: Mapping[str, float | None], names: Sequence[str]
) -> list[str]:
    """Write means with their standard deviations.

    Args:
        means: numbers by name.
        deviations: their standard deviations; None or nothing where there is none.
        names: which, in order.

    Returns:
        A cell for each name; a dash where there is no number.

    >>> mean_cells({"mAP": 5.0, "rank1": 7.25}, {"mAP": 0.125}, ["mAP", "rank1", "mINP"])
    ['5.0 ± 0.1', '7.2', '-']
    """
    cells = []
    for name in names:
        deviation = deviations.get(name)
        spread = "" if deviation is None else f" ± {deviation:.1f}"
        cells.append(f"{means[name]:.1f}{spread}" if name in means else "-")
    return cells
