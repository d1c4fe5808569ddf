"""Are the false matches that a search is told to expect those that there are?

    vireid synth dev100 --seed 100
    vireid train dev100 --recipe small --out runs/dev100
    vireid synth pool --identities 8 --test-identities 192 --seed 102 --layout manifest
    python benchmarks/rates.py runs/dev100 dev100 pool

Rates are learned from the test part of the first data set, whose people the training has not seen;
their identities are not looked at. They are judged on the test people of the other data set, by
their identities: galleries of two sizes are drawn from it, and queries that are not in them. For
each pair of modalities, and each number of false matches that `--max-false-matches` may ask for,
the table tells the similarity at which the search cuts, how many false matches of a query there
really are above it, and both false-non-match rates. *<* says that the number is an upper bound.
Above that stand two similarities of the table itself, against the true rates of the very images
that the rates were learned from: what the labellings get wrong, without the luck of the draw.

Either data set may be an npz file of `vireid embed --part test`, whose paths are then looked for in
the data named by --truth.
"""

import argparse
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

import vireid
from vireid.data import open_data
from vireid.errors import DataError
from vireid.ranking import Gallery, MatchRates, load_gallery
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


def embedded(run: Path, data: Path, truth: Path | None) -> tuple[Gallery, Int]:
    """Return the test images of a data set, embedded, and who is on them."""
    opened = open_data(truth or data)
    if opened.test_truth is None:
        raise DataError(f"{truth or data} has no test people")
    npz = data.suffix == ".npz"
    gallery = load_gallery(data) if npz else vireid.embed(run, data, part="test")
    if gallery.images.paths != opened.test.paths:
        raise DataError(f"{data} holds other images than {truth}")
    return gallery, opened.test_truth.identities


def own_rates(rates: MatchRates, gallery: Gallery, identity: Int) -> Iterator[list[str]]:
    """Yield rows: rates against those of the same images by their identities."""
    for pair in rates.pairs:
        different, same = similarities(gallery, identity, pair)
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


def similarities(gallery: Gallery, identity: Int, pair: PairRates) -> tuple[np.ndarray, np.ndarray]:
    """Return the similarities of all comparisons of two people, and of one."""
    one, other = (np.flatnonzero(gallery.embeddings.modality == side) for side in pair.modalities)
    found = gallery.vectors[one] @ gallery.vectors[other].T
    same = identity[one][:, None] == identity[other]
    found[together(gallery, one, other)] = np.nan
    if pair.modalities[0] == pair.modalities[1]:
        above = np.triu_indices(len(one), 1)
        found, same = found[above], same[above]
    told = ~np.isnan(found)
    return found[~same & told], found[same & told]


def together(gallery: Gallery, one: Int, other: Int) -> np.ndarray:
    """Tell which images are of one track, as these are not compared where tracks are known."""
    track = gallery.images.track
    if track is None:
        return np.zeros((len(one), len(other)), dtype=np.bool_)
    return (track[one][:, None] == track[other]) & (track[other] >= 0)


def searches(rates: MatchRates, pool: Gallery, identity: Int) -> Iterator[list[str]]:
    """Yield rows: expected against true numbers, by modalities and size of the gallery."""
    side = pool.embeddings.modality
    for pair in rates.pairs:
        query, found = reversed(pair.modalities)  # infrared queries in visible galleries
        for size in SIZES:
            counts = [
                counted(pool, identity, pair, (query, found), size, np.random.default_rng(draw))
                for draw in range(DRAWS)
            ]
            for number, (asked, row, told) in enumerate(cuts(pair, size)):
                false = [one[number][0] for one in counts]
                missed = np.mean([one[number][1] for one in counts])
                yield [
                    f"{Modality(query).name.lower()} in {size:,} {Modality(found).name.lower()}",
                    f"{asked:g}", f"{pair.similarity[row]:.3f}", told, f"{np.mean(false):.2f}",
                    f"{min(false):.2f} to {max(false):.2f}", f"{missed:.2f}",
                    f"{pair.fnmr[row]:.2f}",
                ]  # fmt: skip
    assert len(side) == len(identity)


def cuts(pair: PairRates, size: int) -> list[tuple[float, int, str]]:
    """Return where a search cuts: what is asked for, the row of the table, what is told there."""
    rate, bounded = pair.false_match_rate(pair.similarity)
    found = []
    for asked in ASKED:
        rows = np.flatnonzero(rate * size <= asked)
        if asked < size and rows.size:
            row = int(rows[0])
            told = f"{'<' * bool(bounded[row])}{rate[row] * size:.2g}"
            ends = f"{pair.fmr_low[row] * size:.2g} to {pair.fmr_high[row] * size:.2g}"
            found.append((asked, row, f"{told} ({ends})"))
    return found


def counted(
    pool: Gallery, identity: Int, pair: PairRates, sides: tuple[int, int], size: int,
    generator: np.random.Generator,
) -> list[tuple[float, float]]:  # fmt: skip
    """Return false matches of a query, and the share of true matches missed, at each cut."""
    query, found = (np.flatnonzero(pool.embeddings.modality == one) for one in sides)
    found = generator.permutation(found)[:size]
    query = generator.permutation(np.setdiff1d(query, found))[:QUERIES]
    near = pool.vectors[query] @ pool.vectors[found].T
    same = identity[query][:, None] == identity[found]
    right = same & ~together(pool, query, found)
    told = []
    for _, row, _ in cuts(pair, size):
        match = near >= pair.similarity[row]
        told.append(((match & ~same).sum(axis=1).mean(), 1 - match[right].mean()))
    return told


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("held_out", type=Path)
    parser.add_argument("pool", type=Path)
    parser.add_argument("--truth", type=Path, nargs=2, default=(None, None))
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    gallery, identity = embedded(arguments.run, arguments.held_out, arguments.truth[0])
    pool, people = embedded(arguments.run, arguments.pool, arguments.truth[1])
    rates = vireid.calibrate(arguments.run, gallery)
    if gallery.images.track is None:
        pool = replace(pool, images=replace(pool.images, track=None))
    count = len(np.unique(identity))
    print(f"learned from {len(gallery):,} images of {count} people: {rates.made}\n")
    columns = ["comparisons", "similarity", "true FMR", "FMR", "true FNMR", "FNMR"]
    print("\n".join([*head_lines(columns), *map(table_line, own_rates(rates, gallery, identity))]))
    columns = ["query", "asked", "similarity", "expected", "counted", "of ten galleries"]
    columns += ["true FNMR", "FNMR"]
    print("\n".join(["", *head_lines(columns), *map(table_line, searches(rates, pool, people))]))


if __name__ == "__main__":
    main()
