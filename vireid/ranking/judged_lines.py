"""A file of judgements, line by line: which lines count, and what holds of them."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vireid.errors import DataError
from vireid.ranking.judgement import COLUMNS, Judgement, Verdict

MARK = "\ufeff"
"""What programs for tables put before a text in UTF-8."""


@dataclass(frozen=True)
class Lines:
    """The lines of a file of judgements."""

    columns: tuple[str, ...]
    """Of its head; none where the file is empty or holds a part of a head."""
    judgements: tuple[Judgement, ...]
    """One for each line that counts, in order."""
    whole: int
    """Bytes of the lines that count; what a killed writer has left is behind them."""
    open: bool = False
    """Whether the last line that counts lacks its line break."""


def read_lines(path: Path, data: bytes) -> Lines:
    """Read the lines of a file of judgements.

    A last line without line break counts where it is whole, as some editors leave it. What a killed
    writer has left does not: a value is missing, or the network is only the beginning of one.

    Args:
        path: the file, for messages.
        data: what it holds.

    Returns:
        The lines.

    Raises:
        DataError: it is another file, or a line is no judgement.
    """
    text = data.decode("utf-8", "surrogateescape").removeprefix(MARK)
    whole, end, rest = text.rpartition("\n")
    if not end and ",".join(COLUMNS).startswith(rest):
        return Lines((), (), 0)
    columns = head_of(path, text)
    if not end:
        return Lines(columns, (), len(data), open=True)
    found = tuple(_judgements(path, columns, whole + end, skip=1))
    last = _last(path, columns, rest, found)
    behind = 0 if last else len(rest.encode("utf-8", "surrogateescape"))
    return Lines(columns, (*found, *last), len(data) - behind, open=bool(last))


def head_of(path: Path, text: str) -> tuple[str, ...]:
    """Return the columns that a file of judgements has.

    Args:
        path: the file, for messages.
        text: its first line; what is behind it is passed over.

    Returns:
        Names, all that are needed among them.

    Raises:
        DataError: it is another file.
    """
    first = text.removeprefix(MARK).partition("\n")[0]
    found = next((row for _, row in _rows(path, first)), [])
    missing = [name for name in COLUMNS if name not in found and name != "network"]
    if missing:
        raise DataError(
            f"{path} has no column {', '.join(missing)}; expected judgements: {','.join(COLUMNS)}"
        )
    return tuple(found)


def holding(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """Return the judgements that hold: what was said last of each query and result holds.

    It holds at every rank at which a network showed the result: whether two images show one person
    does not depend on the rank. What was taken back is left out at every rank, too.

    Args:
        judgements: in order.

    Returns:
        One for each query, result, network and rank, in the order in which query and result were
        first judged.
    """
    ranks: dict[tuple[str, str, str], dict[int, Judgement]] = {}
    last: dict[tuple[str, str, str], Verdict] = {}
    for one in judgements:
        pair = one.query, one.result, one.network
        ranks.setdefault(pair, {})[one.rank] = one
        last[pair] = one.judged
    return tuple(
        replace(one, judged=last[pair])
        for pair, seen in ranks.items()
        if last[pair] != "unsure"
        for one in seen.values()
    )


def _last(
    path: Path, columns: tuple[str, ...], rest: str, before: Sequence[Judgement]
) -> tuple[Judgement, ...]:
    """Return the judgement of a line without line break; nothing where it is not whole."""
    try:
        rows = list(_rows(path, rest))
        found = tuple(_judgements(path, columns, rest))
    except DataError:
        return ()
    if not found or len(rows[0][1]) < len(columns):
        return ()
    mine = found[0].network
    cut = any(one.network != mine and one.network.startswith(mine) for one in before)
    return () if cut else found


def _judgements(
    path: Path, columns: tuple[str, ...], text: str, skip: int = 0
) -> Iterator[Judgement]:
    """Yield the judgements of lines, but for the first ones."""
    for number, (line, row) in enumerate(_rows(path, text)):
        if number < skip:
            continue
        place = f"{path}, line {line}"
        if len(row) > len(columns):
            raise DataError(f"{place}: {len(row)} values; expected {len(columns)}")
        yield _judgement(place, dict(zip(columns, row, strict=False)))


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table that are not empty, and the line that each ends in."""
    table = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in table:
            if row:
                yield table.line_num, row
    except csv.Error as error:
        raise DataError(f"{path}, line {table.line_num}: no CSV ({error})") from error


def _judgement(place: str, row: dict[str, str]) -> Judgement:
    """Return the judgement of a row."""
    values = {name: row.get(name, "") for name in COLUMNS}
    try:
        rank, similarity = int(values.pop("rank")), float(values.pop("similarity"))
        return Judgement(rank=rank, similarity=similarity, **values)  # type: ignore[arg-type]
    except (ValueError, DataError) as error:
        raise DataError(f"{place}: {error}") from error
