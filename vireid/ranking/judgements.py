"""Results that a person has marked right or wrong, as lines of a CSV file."""

import csv
import io
import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from vireid.errors import DataError
from vireid.files import locked_file, whole_file
from vireid.ranking.judged_lines import Lines, head_of, holding, read_lines
from vireid.ranking.judgement import COLUMNS, Judgement


def append_judgement(path: Path, judgement: Judgement) -> None:
    """Add a line to a file of judgements, and bring it to the disk.

    Several processes may write to one file. A writer that is killed loses at most the line in hand:
    what it left of that is taken off by the next one. A file without networks gets their column
    with the first judgement that has one.

    Args:
        path: the file; it is made where it is missing, for its owner alone.
        judgement: the line.

    Raises:
        DataError: the file is another one, or cannot be written; it is then as it was.
    """
    try:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        with locked_file(path, 0o600) as file:
            lines = _lines(path, file)
            columns = lines.columns or COLUMNS
            if judgement.network and "network" not in columns:
                _add_networks(path, file, lines, judgement)
                return
            head = "" if lines.columns else _line(COLUMNS)
            line = "\n" * lines.open + head + _line(_values(judgement, columns))
            _write(file.raw, lines.whole, _bytes(line))
    except OSError as error:
        raise DataError(f"cannot write {path}: {error.strerror}; free some space or choose another "
                        "place") from error  # fmt: skip


def rename_judged(path: Path, names: Mapping[str, str]) -> None:
    """Put other names in place of some images; judgements that were taken back are left out.

    Args:
        path: the file; nothing is done where it is missing or holds none of them.
        names: the new name of each image.

    Raises:
        DataError: the file cannot be read or written; it is then as it was.
    """
    if not path.exists():
        return
    with locked_file(path) as file:
        data = file.read()
        lines = read_lines(path, data)
        held = {name for one in lines.judgements for name in (one.query, one.result)}
        if lines.whole == len(data) and not names.keys() & held:
            return
        text = _line(COLUMNS)
        for one in holding(lines.judgements):
            query, result = (names.get(name, name) for name in (one.query, one.result))
            text += _line(_values(replace(one, query=query, result=result), COLUMNS))
        _replace(path, file, _bytes(text))


def read_judgements(path: Path | str) -> tuple[Judgement, ...]:
    """Read the judgements that hold: what was said last of each query and result, by each network.

    Args:
        path: the file.

    Returns:
        One for each rank at which a result was judged, in the order in which query and result were
        first judged; those taken back are left out.

    Raises:
        DataError: the file is missing, or a line is no judgement. A last line that is not whole, as
            a killed writer leaves it, is passed over with a warning.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    lines = read_lines(path, data)
    if lines.whole < len(data):
        warnings.warn(f"{path}: the last line is not whole and is passed over", stacklevel=2)
    return holding(lines.judgements)


def _lines(path: Path, file: io.BufferedRandom) -> Lines:
    """Return head and end of a file; its lines are read only where the last one may be cut."""
    head, size = file.readline(), file.seek(0, os.SEEK_END)
    if head.endswith(b"\n"):
        file.seek(size - 1)
        if file.read() == b"\n":
            return Lines(head_of(path, head.decode("utf-8", "surrogateescape")), (), size)
    file.seek(0)
    return read_lines(path, file.read())


def _add_networks(path: Path, file: io.BufferedRandom, lines: Lines, judgement: Judgement) -> None:
    """Write a file with one more column, and one more line."""
    file.seek(0)
    head, end, rest = file.read()[: lines.whole].partition(b"\n")
    line = _line(_values(judgement, (*lines.columns, "network")))
    whole = head.rstrip(b"\r") + b",network" + (end or b"\n") + rest
    _replace(path, file, whole + _bytes("\n" * (lines.open and bool(end)) + line))


def _replace(path: Path, file: io.BufferedRandom, data: bytes) -> None:
    """Put another file in the place of one, which only those may read who could read it."""
    with whole_file(path, mode=os.fstat(file.fileno()).st_mode & 0o777) as whole:
        whole.write_bytes(data)


def _line(values: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()


def _values(judgement: Judgement, columns: Iterable[str]) -> list[object]:
    values = asdict(judgement)
    return [values.get(name, "") for name in columns]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _write(file: io.RawIOBase, end: int, line: bytes) -> None:
    """Write a line at the end, or nothing; what is behind the end never counted."""
    file.truncate(end)
    file.seek(end)
    try:
        if file.write(line) != len(line):
            raise OSError(28, "No space left on device")
        os.fsync(file.fileno())
    except OSError:
        file.truncate(end)
        raise
