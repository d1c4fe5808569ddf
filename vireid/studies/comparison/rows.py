"""What a comparison has found: a line for each training and protocol, fit to be committed."""

import csv
import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from io import StringIO
from pathlib import Path

from vireid.errors import CheckpointError
from vireid.files import whole_file

NUMBERS = (
    "rank1", "mAP", "mINP", "ari", "training_mAP", "clarity", "matching_margin",
    "neighbour_overlap", "minutes", "memory",
)  # fmt: skip
"""What is measured; empty in the file where it is not known."""


@dataclass(frozen=True)
class Row:
    """One training, scored by one protocol; or what kept it from being trained."""

    method: str
    """What the training was called."""
    recipe: str
    """Digest of its settings, without the seed."""
    data: str
    """Name of the data."""
    contents: str
    """Digest of the training and of the test images."""
    protocol: str
    """Whole name of the protocol, with whether mirror images count."""
    seed: int
    """Seed of the training."""
    rank1: float | None = None
    """Rank-1 of the last epoch in percent, the mean over the protocol's draws."""
    mAP: float | None = None  # noqa: N815 - the metric's name
    """Mean average precision in percent."""
    mINP: float | None = None  # noqa: N815
    """Mean inverse negative penalty in percent."""
    ari: float | None = None
    """Adjusted Rand index of the shared labels of the last epoch."""
    training_mAP: float | None = None  # noqa: N815
    """Mean average precision of the training images in percent, for the choice of settings."""
    clarity: float | None = None
    """How clear the last labels are, without identities."""
    matching_margin: float | None = None
    """How much cheaper the last partners are than the next best, without identities; None where
    nothing is matched. Comparable only between trainings that match alike."""
    neighbour_overlap: float | None = None
    """How far the neighbours of both modalities agree in the last labelling's embeddings, without
    identities and labels."""
    minutes: float | None = None
    """Of labelling and steps."""
    memory: float | None = None
    """Largest memory in MB: of the GPU, or of the process where there is none."""
    setting: str = ""
    """How the settings differ from those of the method's recipe."""
    oracle: bool = False
    """Whether it was trained with true identities."""
    cameras: bool = False
    """Whether it was told of which camera each training image is."""
    tracks: bool = False
    """Whether it was told of which track each training image is."""
    images: int = 0
    """Images that it took steps on."""
    network: str = ""
    """Backbone and size of its images."""
    commit: str = ""
    """Commit of the code that trained."""
    code: str = ""
    """Digest of the code that trained."""
    scored_by: str = ""
    """Commit of the code that scored; empty where it is the code that trained."""
    failed: str = ""
    """Why it could not be trained; empty where it was."""

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What says whether a training is the same: recipe, data, protocol, seed."""
        return self.recipe, self.contents, self.protocol, self.seed


COLUMNS = tuple(field.name for field in fields(Row))
"""Columns of the file."""
LATER = {"neighbour_overlap", "scored_by"}
"""Columns that files of earlier versions lack; what they would say is not known."""
SWITCHES = ("oracle", "cameras", "tracks")
"""Columns that say yes, or nothing."""


class RowFile:
    """A file of rows; several processes may add to it.

    Args:
        path: CSV; made with the first row.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self) -> list[Row]:
        """Return what is there.

        Returns:
            The rows, in the order of the file.

        Raises:
            CheckpointError: the file is damaged.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise CheckpointError(f"{self.path} cannot be read as CSV; give another") from error
        return read_table(text, str(self.path))

    def add(self, rows: Sequence[Row]) -> None:
        """Add rows; those of the same trainings are replaced.

        Args:
            rows: of one training.

        Raises:
            CheckpointError: the file is damaged or cannot be written.
        """
        new = {row.key for row in rows}
        with alone_beside(self.path):
            kept = [row for row in self.rows() if row.key not in new]
            with whole_file(self.path, CheckpointError) as file:
                file.write_text(write_table([*kept, *rows]), encoding="utf-8")


@contextmanager
def alone_beside(path: Path) -> Iterator[None]:
    """Keep out other processes that change files in the folder of a file; nothing is left there.

    Args:
        path: the file; its folder is made where it is missing.

    Yields:
        Nothing.

    Raises:
        CheckpointError: the folder cannot be made or read.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise CheckpointError(f"cannot write {path}: {error.strerror}; give another") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_table(rows: Iterable[Row]) -> str:
    """Turn rows into CSV text, in an order that does not depend on when each was trained.

    Args:
        rows: in any order.

    Returns:
        A header and a line for each row.
    """
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in sorted(rows, key=lambda row: (row.method, row.data, *row.key)):
        values = asdict(row)
        writer.writerow(values | {name: "yes" if values[name] else "" for name in SWITCHES})
    return text.getvalue()


def read_table(text: str, source: str = "rows") -> list[Row]:
    """Turn the text of ``write_table`` back into rows.

    Args:
        text: CSV with the columns of ``Row``.
        source: where it is from, for messages.

    Returns:
        The rows, in order.

    Raises:
        CheckpointError: columns are missing or a value is of another kind.
    """
    reader = csv.DictReader(StringIO(text))
    there = tuple(reader.fieldnames or ())
    if there != tuple(name for name in COLUMNS if name in there or name not in LATER):
        raise CheckpointError(
            f"{source} holds no rows of a comparison: expected the columns {','.join(COLUMNS)}"
        )
    found = []
    for line in reader:
        try:
            found.append(_row(line))
        except (TypeError, ValueError) as error:
            raise CheckpointError(
                f"{source}, line {reader.line_num} is damaged ({error}); take that line out"
            ) from error
    return found


def _row(line: dict[str, str]) -> Row:
    values: dict[str, object] = dict(line)
    numbers = {name: line[name] for name in NUMBERS if name in line or name not in LATER}
    values |= {name: float(text) if text else None for name, text in numbers.items()}
    values |= {name: _said(line[name]) for name in SWITCHES}
    values |= {name: int(line[name]) for name in ("seed", "images")}
    if {values[name] is None for name in ("rank1", "mAP", "mINP")} != {bool(line["failed"])}:
        raise ValueError("expected either scores, or why there are none")
    return Row(**values)  # type: ignore[arg-type]


def _said(text: str) -> bool:
    if text not in ("", "yes"):
        raise ValueError(f"{text} is neither yes nor empty")
    return text == "yes"
