"""Tables as Markdown: lines, and means with their spread."""

from collections.abc import Iterable, Sequence

from vireid.metrics import Spread


def head_lines(titles: Sequence[str]) -> list[str]:
    """Return the first two lines of a table.

    Args:
        titles: of its columns.

    Returns:
        The titles and the rule below them.
    """
    return [table_line(titles), "|" + "---|" * len(titles)]


def table_line(cells: Iterable[str]) -> str:
    """Return a line of a table.

    Args:
        cells: texts; a stroke in them would end a cell, and becomes a slash.

    Returns:
        The line.
    """
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def spread_text(
    found: Spread | None, digits: int = 1, *, unknown: str = "-", signed: bool = False
) -> str:
    """Write mean and standard deviation.

    Args:
        found: of some runs; None for none.
        digits: behind the point.
        unknown: what stands where there are no runs.
        signed: whether a plus is written.

    Returns:
        The text; without a deviation for one run.
    """
    return unknown if found is None else _with(found, found.deviation, digits, signed=signed)


def gain_text(found: Spread | None, *, unknown: str = "-", signed: bool = True) -> str:
    """Write the mean of what is compared run by run, and its standard error.

    Args:
        found: of paired differences or shares; None for none.
        unknown: what stands where there are none.
        signed: whether a plus is written.

    Returns:
        The text; without an error for one pair.
    """
    return unknown if found is None else _with(found, found.error, 1, signed=signed)


def _with(found: Spread, more: float | None, digits: int, *, signed: bool) -> str:
    text = f"{found.mean:{'+' if signed else ''}.{digits}f}"
    return text if more is None else f"{text} ± {more:.{digits}f}"
