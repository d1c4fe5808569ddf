"""Ours beside the paper's: mean and spread over training seeds, and the difference in spreads."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from statistics import fmean
from typing import get_args

from vireid.metrics import Spread, spread
from vireid.studies.reproduction.published import Published
from vireid.studies.reproduction.score_rows import NAMES, Kind, ScoreRow, SeedAndFold

Way = tuple[str, bool, Kind]
"""Setting, whether flips are on, and kind of the epoch."""

HEADER = (
    "setting", "flips", "epoch", "score", "ours", "spread", "seeds", "spread_over_folds",
    "trainings", "paper", "difference", "in_spreads", "folds", "shared_folds", "epochs_scored",
)  # fmt: skip


@dataclass(frozen=True)
class BesidePaper:
    """One score in one setting, ours and the paper's, in percent."""

    way: Way
    """How it was measured."""
    name: str
    """Of the score."""
    ours: Spread
    """The mean over the folds, of each that over its seeds; the spread of the seeds, of each the
    mean over the folds that all seeds have: none where they share none."""
    folds: Spread | None
    """Over the folds, of each the mean over its seeds; None where there are none."""
    shared: int
    """How many folds all seeds have; 0 where there are no folds."""
    trainings: int
    """How many trainings it is made of."""
    epochs: tuple[int, int] | None
    """Among how many epochs the oracle chose, the fewest and the most of a training; None for other
    kinds, and where nobody knows it."""
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

    @property
    def uneven(self) -> bool:
        """Whether some seeds lack folds that others have."""
        return self.folds is not None and self.shared < self.folds.runs


def beside_paper(
    rows: Sequence[ScoreRow],
    settings: Sequence[str],
    paper: Published | None,
    looked: Mapping[SeedAndFold, int] | None = None,
) -> Iterator[BesidePaper]:
    """Set the scores of all finished trainings beside those of a paper.

    Args:
        rows: of the last epochs and of the oracle's.
        settings: in the order of the table.
        paper: what is published; nothing where None.
        looked: by seed and fold, how many epochs the oracle of a training chose among.

    Yields:
        Each score in each setting, flips off and on, last and oracle, where there is any.
    """
    for setting in settings:
        for flips in (False, True):
            for kind in get_args(Kind):
                way: Way = (setting, flips, kind)
                found = [r for r in rows if (r.setting, r.flips, r.kind) == way]
                counts = [(looked or {}).get(row.key, 0) for row in found] * (kind == "oracle")
                epochs = (min(counts), max(counts)) if any(counts) else None
                for name in NAMES if found else ():
                    known = None if paper is None else paper.score(setting, name)
                    yield _beside(way, name, found, epochs, known)


def write_beside_paper(compared: Sequence[BesidePaper]) -> str:
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
        setting, flips, kind = one.way
        folds = None if one.folds is None else one.folds.deviation
        numbers = (one.paper, one.difference, one.in_spreads)
        counts = ("", "") if one.folds is None else (one.folds.runs, one.shared)
        writer.writerow(
            [
                setting, "on" if flips else "off", kind, one.name, _digits(one.ours.mean),
                _digits(one.ours.deviation), one.ours.runs, _digits(folds), one.trainings,
                *map(_digits, numbers), *counts, range_words(one.epochs),
            ]
        )  # fmt: skip
    return text.getvalue()


def range_words(numbers: tuple[int, int] | None) -> str:
    """Say from which number to which.

    Args:
        numbers: the least and the largest.

    Returns:
        One number where they are the same; nothing where they are unknown.

    >>> range_words((4, 4)), range_words((1, 4)), range_words(None)
    ('4', '1 to 4', '')
    """
    return "" if numbers is None else " to ".join(map(str, dict.fromkeys(numbers)))


def _beside(
    way: Way,
    name: str,
    rows: Sequence[ScoreRow],
    epochs: tuple[int, int] | None,
    paper: float | None,
) -> BesidePaper:
    values = {row.key: float(getattr(row, name)) for row in rows}
    seeds = list(dict.fromkeys(seed for seed, _ in values))
    folds = list(dict.fromkeys(fold for _, fold in values))
    shared = [fold for fold in folds if all((seed, fold) in values for seed in seeds)]
    over = spread(fmean(values[s, fold] for s in seeds if (s, fold) in values) for fold in folds)
    assert over is not None, "there is a row"
    by_seed = spread(fmean(values[seed, fold] for fold in shared) for seed in seeds if shared)
    ours = Spread(over.mean, by_seed.deviation if by_seed else None, len(seeds))
    has_folds = None not in folds
    return BesidePaper(
        way, name, ours, over if has_folds else None, len(shared) if has_folds else 0,
        len(rows), epochs, paper,
    )  # fmt: skip


def _digits(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
