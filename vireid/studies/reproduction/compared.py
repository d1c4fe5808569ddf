"""Ours beside the paper's: mean and spread over training seeds, and the difference in spreads."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from statistics import fmean
from typing import get_args

from vireid.metrics import Spread, spread
from vireid.studies.reproduction.published import Published
from vireid.studies.reproduction.score_rows import NAMES, Kind, ScoreRow

Place = tuple[str, bool, Kind]
"""Setting, whether flips are on, and kind of the epoch."""

HEADER = (
    "setting", "flips", "epoch", "score", "ours", "spread", "seeds", "spread_over_folds",
    "trainings", "paper", "difference", "in_spreads",
)  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """One score in one setting, ours and the paper's, in percent."""

    place: Place
    """Where it was measured."""
    name: str
    """Of the score."""
    ours: Spread
    """Over the seeds; of each seed the mean over its folds counts."""
    folds: Spread | None
    """Over the folds, of each the mean over its seeds; None where there are none."""
    trainings: int
    """How many trainings it is made of."""
    paper: float | None
    """What the paper reports."""

    @property
    def difference(self) -> float | None:
        """Ours minus the paper's; None where the paper's is unknown."""
        return None if self.paper is None else self.ours.mean - self.paper

    @property
    def in_spreads(self) -> float | None:
        """The difference in standard deviations over the training seeds; None where unknown."""
        if self.difference is None or not self.ours.deviation:
            return None
        return self.difference / self.ours.deviation


def compare(
    rows: Sequence[ScoreRow], settings: Sequence[str], paper: Published | None
) -> Iterator[Compared]:
    """Set the scores of all finished trainings beside those of a paper.

    Args:
        rows: of the last epochs and of the oracle's.
        settings: in the order of the table.
        paper: what is published; nothing where None.

    Yields:
        Each score in each setting, flips off and on, last and oracle, where there is any.
    """
    for setting in settings:
        for flips in (False, True):
            for kind in get_args(Kind):
                place: Place = (setting, flips, kind)
                found = [r for r in rows if (r.setting, r.flips, r.kind) == place]
                for name in NAMES if found else ():
                    known = None if paper is None else paper.score(setting, name)
                    yield _compared(place, name, found, known)


def write_compared(compared: Sequence[Compared]) -> str:
    """Return the table as CSV.

    Args:
        compared: its lines.

    Returns:
        A header and a line for each score; what is unknown is empty.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for one in compared:
        setting, flips, kind = one.place
        folds = None if one.folds is None else one.folds.deviation
        numbers = (one.paper, one.difference, one.in_spreads)
        writer.writerow(
            [
                setting, "on" if flips else "off", kind, one.name, _digits(one.ours.mean),
                _digits(one.ours.deviation), one.ours.runs, _digits(folds), one.trainings,
                *map(_digits, numbers),
            ]
        )  # fmt: skip
    return text.getvalue()


def _compared(place: Place, name: str, rows: Sequence[ScoreRow], paper: float | None) -> Compared:
    seeds, folds = ([getattr(row, what) for row in rows] for what in ("seed", "fold"))
    values = [float(getattr(row, name)) for row in rows]
    ours = spread(_means(seeds, values))
    assert ours is not None, "there is a row"
    has_folds = None not in folds
    over = spread(_means(folds, values)) if has_folds else None
    return Compared(place, name, ours, over, len(rows), paper)


def _means(groups: Sequence[object], values: Sequence[float]) -> list[float]:
    """Return the mean of the values of each group."""
    pairs = list(zip(groups, values, strict=True))
    return [fmean(v for g, v in pairs if g == group) for group in dict.fromkeys(groups)]


def _digits(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
