"""Results that a person has marked right or wrong, as lines of a CSV file."""

import csv
import io
import math
import os
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from vireid.errors import DataError
from vireid.files import locked_file, whole_file

Verdict = Literal["right", "wrong", "unsure"]
"""Whether query and result show one person; unsure takes back what was said before."""
Side = Literal["visible", "infrared"]


@dataclass(frozen=True)
class Judgement:
    """What a person says of a result."""

    query: str
    """Path of the query, or its key."""
    result: str
    """Path of the result, or its key."""
    rank: int
    """Its place in the list, from 1."""
    similarity: float
    """In [-1, 1]."""
    query_modality: Side
    """What the query shows."""
    modality: Side
    """What the result shows."""
    judged: Verdict
    """What is said."""
    when: str
    """ISO 8601, in UTC."""
    network: str = ""
    """Fingerprint of the network that searched; empty where unknown."""

    def __post_init__(self) -> None:
        """Check the values."""
        for name, kind in (("query_modality", Side), ("modality", Side), ("judged", Verdict)):
            if getattr(self, name) not in get_args(kind):
                known = ", ".join(get_args(kind))
                raise DataError(f"{name} is {getattr(self, name)!r}; expected one of {known}")
        if self.rank < 1 or not math.isfinite(self.similarity):
            raise DataError(
                f"rank is {self.rank}, similarity {self.similarity}; expected 1 or more, and a "
                "finite number"
            )
        for name in ("query", "result", "when", "network"):
            if any(sign in getattr(self, name) for sign in "\r\n\0"):
                raise DataError(f"{name} holds a line break; rename the file to judge it")


COLUMNS = tuple(field.name for field in fields(Judgement))
"""Of the file; others are passed over."""


def now() -> str:
    """Return the time, as a judgement notes it.

    Returns:
        ISO 8601, in UTC, to the second.
    """
    return datetime.now(UTC).isoformat(timespec="seconds")


def append_judgement(path: Path, judgement: Judgement) -> None:
    """Add a line to a file of judgements, and bring it to the disk.

    Several processes may write to one file. A writer that is killed loses at most the line in hand:
    what it left of that is taken off by the next one.

    Args:
        path: the file; it is made where it is missing, for its owner alone.
        judgement: the line.

    Raises:
        DataError: the file cannot be written; it is then as it was.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    try:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        with locked_file(path, 0o600) as opened:
            file = opened.raw
            end = _whole_lines(file)
            columns = _columns(path, file) if end else COLUMNS
            if not end:
                table.writerow(columns)
            values = asdict(judgement)
            table.writerow([values.get(name, "") for name in columns])
            _write(file, end, text.getvalue().encode("utf-8", "surrogateescape"))
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
        text = io.StringIO(file.read().decode("utf-8", "surrogateescape"), newline="")
        if not any(names.keys() & set(row) for row in csv.reader(text)):
            return
        with (
            whole_file(path, mode=os.fstat(file.fileno()).st_mode & 0o777) as whole,
            whole.open("w", newline="", encoding="utf-8", errors="surrogateescape") as new,
        ):
            table = csv.writer(new, lineterminator="\n")
            table.writerow(COLUMNS)
            for one in read_judgements(path):
                query, result = (names.get(name, name) for name in (one.query, one.result))
                values = asdict(replace(one, query=query, result=result))
                table.writerow([values[name] for name in COLUMNS])


def _whole_lines(file: io.RawIOBase) -> int:
    """Return where the last whole line ends, and take off what is behind it."""
    end, size = 0, file.seek(0, os.SEEK_END)
    for start in range(max(0, size - 4096), -4096, -4096):
        file.seek(max(0, start))
        found = (file.read(4096) or b"").rfind(b"\n")
        if found >= 0:
            end = max(0, start) + found + 1
            break
    if end < size:
        file.truncate(end)
    return end


def _columns(path: Path, file: io.RawIOBase) -> tuple[str, ...]:
    """Return the columns of a file that is there, all that are needed among them."""
    file.seek(0)
    head = (file.read(4096) or b"").split(b"\n")[0].decode("utf-8", "surrogateescape")
    return _checked(path, next(csv.reader([head]), []))


def _checked(path: Path, found: list[str]) -> tuple[str, ...]:
    missing = [name for name in COLUMNS if name not in found and name != "network"]
    if missing:
        raise DataError(
            f"{path} has no column {', '.join(missing)}; expected judgements: {','.join(COLUMNS)}"
        )
    return tuple(found)


def _write(file: io.RawIOBase, end: int, line: bytes) -> None:
    """Write a line at the end, or nothing."""
    file.seek(end)
    try:
        if file.write(line) != len(line):
            raise OSError(28, "No space left on device")
        os.fsync(file.fileno())
    except OSError:
        file.truncate(end)
        raise


def read_judgements(path: Path | str) -> tuple[Judgement, ...]:
    """Read the judgements that hold: of each query and result, by each network, the last one.

    Args:
        path: the file.

    Returns:
        Judgements in the order in which query and result were first judged; those taken back are
        left out.

    Raises:
        DataError: the file is missing, or a line is no judgement. A last line that is not whole, as
            a killed writer leaves it, is passed over with a warning.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    whole, _, rest = text.rpartition("\n")
    if rest:
        warnings.warn(f"{path}: the last line is not whole and is passed over", stacklevel=2)
    rows = csv.DictReader(io.StringIO(whole, newline=""))
    _checked(path, list(rows.fieldnames or []))
    last: dict[tuple[str, str, str], Judgement] = {}
    for row in rows:
        one = _read(f"{path}, line {rows.line_num}", row)
        last[one.query, one.result, one.network] = one
    return tuple(one for one in last.values() if one.judged != "unsure")


def _read(place: str, row: Mapping[str, str | None]) -> Judgement:
    """Return the judgement of a line."""
    values = {name: row.get(name) or "" for name in COLUMNS}
    try:
        rank, similarity = int(values.pop("rank")), float(values.pop("similarity"))
        return Judgement(rank=rank, similarity=similarity, **values)  # type: ignore[arg-type]
    except (ValueError, DataError) as error:
        raise DataError(f"{place}: {error}") from error
