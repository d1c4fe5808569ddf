"""Are the false matches that a search is told to expect those that there are?

    for seed in 100 101 102 103 104; do vireid synth dev$seed --seed $seed; done
    vireid train dev100 --recipe small --out runs/dev100
    python benchmarks/rates.py runs/dev100 dev100 dev101 dev102 dev103 dev104

Rates are learned from the test part of the first data set, whose people the training has not seen;
their identities are not looked at. They are judged on the test people of the other data sets, by
their identities: galleries of two sizes are drawn from them, and queries that are not in them. For
each pair of modalities, and each number of false matches that `--max-false-matches` may ask for,
the table tells the similarity at which the search cuts, how many false matches of a query there
really are above it, and both false-non-match rates. *<* says that the number is an upper bound.
Below that it is counted how often the numbers told, and the upper bounds, were right.
Above that stand three similarities of the table itself, against the true rates of the very images
that the rates were learned from: what the labellings get wrong, without the luck of the draw.
"""

import argparse
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import vireid
from vireid.data import open_data
from vireid.data.pixels.place import MEMORY
from vireid.errors import DataError
from vireid.ranking import Gallery, MatchRates
from vireid.studies.markdown import head_lines, table_line
from vireid.types import Int, Modality, PairRates

SIZES = (200, 2000)
"""Gallery images of the modality searched."""
ASKED = (30.0, 10.0, 3.0, 1.0, 0.3)
"""Expected false matches of a query."""
DRAWS, QUERIES = 10, 300
"""Galleries of each size, and queries in each."""
SHARES = (0.01, 0.001, 0.0001)
"""True rates at which the table is held against the images that it was learned from."""


@dataclass(frozen=True)
class People:
    """Embedded images, and who is on them."""

    vectors: np.ndarray
    """[N, D]."""
    modality: Int
    """[N]."""
    identity: Int
    """[N]."""
    track: Int | None
    """[N], -1 without one; None where tracks are not looked at."""


@dataclass(frozen=True)
class Case:
    """A similarity at which a search cuts."""

    query: str
    asked: float
    similarity: float
    expected: float
    bounded: bool
    ends: tuple[float, float]
    counted: list[float]
    """False matches of a query, in each gallery."""
    missed: float
    fnmr: float

    @property
    def mean(self) -> float:
        """False matches of a query in all galleries."""
        return float(np.mean(self.counted))

    def row(self) -> list[str]:
        """Return a row of the table."""
        told = f"{'<' * self.bounded}{self.expected:.2g} ({self.ends[0]:.2g} to {self.ends[1]:.2g})"
        spread = f"{min(self.counted):.2f} to {max(self.counted):.2f}"
        return [
            self.query, f"{self.asked:g}", f"{self.similarity:.3f}", told, f"{self.mean:.2f}",
            spread, f"{self.missed:.2f}", f"{self.fnmr:.2f}",
        ]  # fmt: skip


def embedded(run: Path, data: Path) -> tuple[Gallery, Int]:
    """Return the test images of a data set, embedded, and who is on them."""
    truth = open_data(data).test_truth
    if truth is None:
        raise DataError(f"{data} has no test people")
    return vireid.embed(run, data, part="test", cache=MEMORY), truth.identities


def people(parts: list[tuple[Gallery, Int]], tracks: bool) -> People:
    """Return the people of several data sets as one; nobody is in two of them."""
    shift, identity, track = 0, [], []
    for gallery, who in parts:
        own = np.full(len(who), -1) if gallery.images.track is None else gallery.images.track
        identity.append(who + shift)
        track.append(np.where(own < 0, -1, own + (shift << 20)))
        shift += int(who.max()) + 1
    return People(
        np.concatenate([gallery.vectors for gallery, _ in parts]),
        np.concatenate([gallery.embeddings.modality for gallery, _ in parts]),
        np.concatenate(identity),
        np.concatenate(track) if tracks else None,
    )


def own_rates(rates: MatchRates, own: People) -> Iterator[list[str]]:
    """Yield rows: rates against those of the same images by their identities."""
    for pair in rates.pairs:
        different, same = similarities(own, pair)
        for share in SHARES:
            row = pair.row(np.quantile(different, 1 - share))
            at = pair.similarity[row]
            true = (different >= at).mean()
            yield [
                "-".join(pair.names), f"{at:.3f}", f"{true:.1e}",
                f"{pair.fmr[row]:.1e} ({pair.fmr_low[row]:.0e} to {pair.fmr_high[row]:.0e})",
                f"{(same < at).mean():.2f}",
                f"{pair.fnmr[row]:.2f} ({pair.fnmr_low[row]:.2f} to {pair.fnmr_high[row]:.2f})",
            ]  # fmt: skip


def similarities(own: People, pair: PairRates) -> tuple[np.ndarray, np.ndarray]:
    """Return the similarities of all comparisons of two people, and of one."""
    one, other = (np.flatnonzero(own.modality == side) for side in pair.modalities)
    found = own.vectors[one] @ own.vectors[other].T
    same = own.identity[one][:, None] == own.identity[other]
    found[together(own, one, other)] = np.nan
    if pair.modalities[0] == pair.modalities[1]:
        above = np.triu_indices(len(one), 1)
        found, same = found[above], same[above]
    told = ~np.isnan(found)
    return found[~same & told], found[same & told]


def together(own: People, one: Int, other: Int) -> np.ndarray:
    """Tell which images are of one track, as these are not compared where tracks are known."""
    track = own.track
    if track is None:
        return np.zeros((len(one), len(other)), dtype=np.bool_)
    return (track[one][:, None] == track[other]) & (track[other] >= 0)


def searches(rates: MatchRates, pool: People) -> Iterator[Case]:
    """Yield expected against true numbers, by modalities and size of the gallery."""
    for pair in rates.pairs:
        query, found = reversed(pair.modalities)  # infrared queries in visible galleries
        names = Modality(query).name.lower(), Modality(found).name.lower()
        for size in SIZES:
            if (pool.modality == found).sum() <= size:
                continue
            counts = [
                counted(pool, pair, (query, found), size, np.random.default_rng(draw))
                for draw in range(DRAWS)
            ]
            for number, (asked, row, expected, bounded) in enumerate(cuts(pair, size)):
                yield Case(
                    f"{names[0]} in {size:,} {names[1]}", asked, float(pair.similarity[row]),
                    expected, bounded, (pair.fmr_low[row] * size, pair.fmr_high[row] * size),
                    [one[number][0] for one in counts],
                    float(np.mean([one[number][1] for one in counts])), float(pair.fnmr[row]),
                )  # fmt: skip


def cuts(pair: PairRates, size: int) -> list[tuple[float, int, float, bool]]:
    """Return where a search cuts: what is asked for, the row of the table, what is told there."""
    rate, bounded = pair.false_match_rate(pair.similarity)
    found = []
    for asked in ASKED:
        rows = np.flatnonzero(rate * size <= asked)
        if asked < size and rows.size:
            row = int(rows[0])
            found.append((asked, row, float(rate[row] * size), bool(bounded[row])))
    return found


def counted(
    pool: People, pair: PairRates, sides: tuple[int, int], size: int,
    generator: np.random.Generator,
) -> list[tuple[float, float]]:  # fmt: skip
    """Return false matches of a query, and the share of true matches missed, at each cut."""
    query, found = (np.flatnonzero(pool.modality == one) for one in sides)
    found = generator.permutation(found)[:size]
    query = generator.permutation(np.setdiff1d(query, found))[:QUERIES]
    near = pool.vectors[query] @ pool.vectors[found].T
    same = pool.identity[query][:, None] == pool.identity[found]
    right = same & ~together(pool, query, found)
    told = []
    for _, row, _, _ in cuts(pair, size):
        match = near >= pair.similarity[row]
        told.append(((match & ~same).sum(axis=1).mean(), 1 - match[right].mean()))
    return told


def summary(cases: list[Case]) -> str:
    """Say how often what is told was right."""
    numbers = [one for one in cases if not one.bounded]
    bounds = [one for one in cases if one.bounded]
    times = [one.mean / one.expected for one in numbers]
    held = sum(one.ends[0] <= one.mean <= one.ends[1] for one in numbers)
    kept = sum(one.mean <= one.expected for one in bounds)
    worst = max((one.mean / one.expected for one in bounds), default=0.0)
    span = f"{min(times):.2f} to {max(times):.2f}" if times else "none"
    return (
        f"{len(numbers)} numbers: counted {span} times the expected, {held} within the interval; "
        f"{len(bounds)} upper bounds: {kept} held, counted {worst:.2f} times the bound at most"
    )


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("held_out", type=Path)
    parser.add_argument("pool", type=Path, nargs="+")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    gallery, identity = embedded(arguments.run, arguments.held_out)
    tracks = gallery.images.track is not None
    pool = people([embedded(arguments.run, data) for data in arguments.pool], tracks)
    rates = vireid.calibrate(arguments.run, gallery)
    own = people([(gallery, identity)], tracks)
    count = len(np.unique(identity))
    print(f"learned from {len(gallery):,} images of {count} people: {rates.made}\n")
    columns = ["comparisons", "similarity", "true FMR", "FMR", "true FNMR", "FNMR"]
    print("\n".join([*head_lines(columns), *map(table_line, own_rates(rates, own))]))
    columns = ["query", "asked", "similarity", "expected", "counted", "of ten galleries"]
    columns += ["true FNMR", "FNMR"]
    cases = list(searches(rates, pool))
    print("\n".join(["", *head_lines(columns), *(table_line(one.row()) for one in cases)]))
    print(f"\n{summary(cases)}")


if __name__ == "__main__":
    main()
