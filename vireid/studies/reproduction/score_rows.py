"""Test scores of one epoch of one training in one setting, and their CSV files."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from io import StringIO
from pathlib import Path
from typing import Literal

from vireid.errors import CheckpointError
from vireid.files import whole_file

NAMES = ("rank1", "mAP", "mINP")
"""The scores of a row."""

Kind = Literal["last", "oracle", "watched"]
"""Of the last epoch, of the one with the best test mAP, or of any that was looked at."""
KINDS: dict[str, Kind] = {"last": "last", "oracle": "oracle", "watched": "watched"}

SeedAndFold = tuple[int, int | None]
"""Seed and fold of a training; None where the data has no folds."""


@dataclass(frozen=True)
class ScoreRow:
    """Scores of a network on the test people, in percent."""

    seed: int
    """Seed of the training."""
    fold: int | None
    """Fold of the data; None where it has none."""
    kind: Kind
    """Of the last epoch, of the one with the best test mAP, or of any that was looked at."""
    stage: str
    """Stage of the epoch."""
    epoch: int
    """Epoch of the stage, from 1."""
    setting: str
    """How it is evaluated."""
    flips: bool
    """Whether embeddings are averaged with those of mirror images."""
    rank1: float
    """Rank-1, the mean over the draws."""
    mAP: float  # noqa: N815 - the metric's name
    """Mean average precision."""
    mINP: float  # noqa: N815
    """Mean inverse negative penalty."""

    @property
    def key(self) -> SeedAndFold:
        """Seed and fold of the training."""
        return self.seed, self.fold

    @property
    def place(self) -> tuple[str, int]:
        """Stage and epoch."""
        return self.stage, self.epoch

    @classmethod
    def of(
        cls,
        key: SeedAndFold,
        epoch: tuple[Kind, str, int],
        setting: tuple[str, bool],
        scores: Mapping[str, float],
    ) -> "ScoreRow":
        """Put a row together.

        Args:
            key: seed and fold.
            epoch: kind, stage and epoch.
            setting: its name, and whether flips are on.
            scores: in percent by name, those of ``NAMES`` among them.

        Returns:
            The row.
        """
        seed, fold = key
        kind, stage, number = epoch
        values = (scores[name] for name in NAMES)
        return cls(seed, fold, kind, stage, number, *setting, *values)


COLUMNS = tuple(field.name for field in fields(ScoreRow))


def write_rows(file: Path, rows: Iterable[ScoreRow]) -> None:
    """Write rows as CSV, whole or not at all.

    Args:
        file: where.
        rows: in the order of the lines.

    Raises:
        CheckpointError: the file cannot be written.
    """
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) | {"flips": "on" if row.flips else "off"} for row in rows)
    with whole_file(file, CheckpointError) as whole:
        whole.write_text(text.getvalue(), encoding="utf-8")


def read_rows(file: Path) -> list[ScoreRow]:
    """Read what ``write_rows`` wrote.

    Args:
        file: which may be missing.

    Returns:
        The rows; none where there is no file.

    Raises:
        CheckpointError: the file is damaged.
    """
    try:
        lines = list(csv.DictReader(StringIO(file.read_text(encoding="utf-8"))))
        return [_row(line) for line in lines]
    except FileNotFoundError:
        return []
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{file} is damaged ({error}); delete it and try again") from error


def oracle_rows(watched: Sequence[ScoreRow], setting: str) -> list[ScoreRow]:
    """Return the scores of the epoch that the literature's rule would have kept.

    Chosen by test scores, it is a number to report and nothing else.

    Args:
        watched: rows of one training, by epoch.
        setting: by whose mAP, without flips, the epoch is chosen.

    Returns:
        All rows of the epoch with the best mAP, the earliest of equals; none where none was
        looked at.
    """
    judged = [row for row in watched if row.setting == setting and not row.flips]
    if not judged:
        return []
    best = max(judged, key=lambda row: row.mAP)
    chosen = [row for row in watched if (row.stage, row.epoch) == (best.stage, best.epoch)]
    return [replace(row, kind="oracle") for row in chosen]


def _row(line: dict[str, str]) -> ScoreRow:
    flips, kind = {"on": True, "off": False}[line["flips"]], KINDS[line["kind"]]
    return ScoreRow.of(
        (int(line["seed"]), int(line["fold"]) if line["fold"] else None),
        (kind, line["stage"], int(line["epoch"])),
        (line["setting"], flips),
        {name: float(line[name]) for name in NAMES},
    )
