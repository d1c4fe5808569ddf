"""How often comparisons of two modalities err at a similarity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vireid.errors import DataError
from vireid.types.arrays import Bool, Int, Modality

Numbers = NDArray[np.float64]
CURVES = ("fmr", "fmr_low", "fmr_high", "fnmr", "fnmr_low", "fnmr_high")
"""Rates of each similarity."""


@dataclass(frozen=True, repr=False)
class PairRates:
    """False-match and false-non-match rate of comparisons of two modalities, by similarity.

    A comparison matches at a similarity s where its own is s or more. The false-match rate (FMR) is
    the share of the comparisons of two people that match, the false-non-match rate (FNMR) the share
    of those of one person that do not (ISO/IEC 19795-1).
    """

    modalities: tuple[Modality, Modality]
    """Of the two images; a comparison has no direction."""
    similarity: Numbers
    """[K] rising, evenly spaced."""
    fmr: Numbers
    """[K] in [0, 1]; NaN where nothing was compared."""
    fmr_low: Numbers
    """[K] lower end of the interval."""
    fmr_high: Numbers
    """[K] upper end."""
    fnmr: Numbers
    """[K] likewise."""
    fnmr_low: Numbers
    """[K]."""
    fnmr_high: Numbers
    """[K]."""
    supported: float | None
    """The similarity up to which enough comparisons say what the false-match rate is; None where
    not even the lowest one is."""
    different: int
    """Comparisons that all labellings take for two people."""
    disputed: int
    """Those that some labellings take for two people, and some for one."""
    same: int
    """Those that all labellings take for one person."""
    clusters: tuple[int, int]
    """Clusters that the images of either modality are of, which stand for people."""

    def __post_init__(self) -> None:
        """Check lengths and values, and freeze the arrays."""
        object.__setattr__(self, "modalities", tuple(Modality(one) for one in self.modalities))
        self._check_counts()
        object.__setattr__(self, "clusters", tuple(int(one) for one in self.clusters))
        count = len(self.similarity)
        for name in ("similarity", *CURVES):
            values = np.array(getattr(self, name), dtype=np.float64)
            if values.shape != (count,) or count < 2:
                raise DataError(f"{name} has shape {values.shape}; expected ({max(count, 2)},)")
            low, high = (-1, 1) if name == "similarity" else (0, 1)
            if not ((values >= low) & (values <= high) | np.isnan(values)).all():
                raise DataError(f"{name} holds values outside {low} to {high}")
            values.setflags(write=False)
            object.__setattr__(self, name, values)
        if not (np.diff(self.similarity) > 0).all():
            raise DataError("similarity does not rise")

    def _check_counts(self) -> None:
        """Check what is no curve."""
        counts = {name: getattr(self, name) for name in ("different", "disputed", "same")}
        if len(self.clusters) != 2:
            raise DataError(f"clusters are {self.clusters}; expected two numbers")
        counts |= {"clusters": self.clusters[0], "clusters of the other": self.clusters[1]}
        for name, value in counts.items():
            if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
                raise DataError(f"{name} is {value!r}; expected a whole number from 0")
        last = self.supported
        if last is None:
            return
        number = isinstance(last, int | float | np.number) and not isinstance(last, bool)
        if not number or not -1 <= last <= 1:
            raise DataError(f"supported is {last!r}; expected a number in [-1, 1], or nothing")

    def __repr__(self) -> str:
        one, other = self.names
        count = self.different + self.disputed + self.same
        return f"PairRates({one}-{other}, {count:,} comparisons)"

    @property
    def names(self) -> tuple[str, str]:
        """The modalities as words."""
        one, other = (side.name.lower() for side in self.modalities)
        return one, other

    def false_match_rate(self, similarity: ArrayLike) -> tuple[Numbers, Bool]:
        """Say which share of the comparisons of two people are as similar as this, or more.

        Args:
            similarity: [...] in [-1, 1]; NaN is handed on.

        Returns:
            Rates [...], those of the next lower similarity of the table, so that none is too low;
            and [...] whether a rate is only an upper bound, as too few comparisons are so similar:
            the upper end of the interval, which right behind the last supported similarity is above
            the rate of that one.
        """
        values = np.asarray(similarity, dtype=np.float64)
        row = self.row(values)
        bounded = (row > self._last) & ~np.isnan(values)
        high = np.where(np.isnan(self.fmr_high), 1.0, self.fmr_high)
        rate = np.where(bounded, high[row], self.fmr[row])
        return np.where(np.isnan(values), np.nan, rate), bounded

    def likely_rate(self, similarity: ArrayLike) -> Numbers:
        """Say what the false-match rate most likely is no more than, by which lists are cut.

        The true rate never rises with the similarity. So where only a bound is known, the last
        rate that is a number stands for it as long as it is the lower one; cut by the bounds, lists
        would lose results that are more similar than others which stay.

        Args:
            similarity: [...] in [-1, 1]; NaN is handed on.

        Returns:
            Rates [...].
        """
        rate, bounded = self.false_match_rate(similarity)
        last = 1.0 if self._last < 0 else float(self.fmr[self._last])
        return np.asarray(np.where(bounded, np.minimum(rate, last), rate))

    @property
    def _last(self) -> int:
        """The last row whose rate is a number; -1 where none is."""
        return -1 if self.supported is None else int(self.row(self.supported))

    def similarity_at(self, rate: float) -> float | None:
        """Return the lowest similarity at which no more comparisons of two people match.

        Args:
            rate: the false-match rate, which may be told as an upper bound only.

        Returns:
            A similarity of the table; None where no rate so low is told.
        """
        told, _ = self.false_match_rate(self.similarity)
        found = np.flatnonzero(told <= rate)
        return float(self.similarity[found[0]]) if found.size else None

    def row(self, similarity: ArrayLike) -> Int:
        """Return the row of the table that similarities have reached.

        Args:
            similarity: [...]; NaN counts as the highest.

        Returns:
            [...] rows.
        """
        values = np.asarray(similarity, dtype=np.float64)
        found = np.searchsorted(self.similarity, values + 1e-9, side="right") - 1
        return np.asarray(np.maximum(found, 0), dtype=np.int64)

    @property
    def least(self) -> float:
        """The smallest false-match rate that is ever told, be it as an upper bound."""
        return float(self.false_match_rate(1.0)[0])
