"""Two months at two sites: what going on and assigning are worth, on drawn people.

    nice python benchmarks/months.py months --seeds 1 2       # three trainings a seed
    nice python benchmarks/months.py months --seeds 1 --network demo/run --epochs 1     # less

Each seed draws 96 people to train on and 48 to test on, who pass twelve cameras. The first month
has people 1 to 64 at six cameras, the second 33 to 96 at six others: half of them are the same, and
nobody changes clothes. The test people pass all cameras. A network is trained on the first month,
another one from scratch on the second, and one goes on from the first month's on the second. All
are evaluated on the test people at the cameras of either month.

Then the images of the first month are labelled (`vireid label --match`), and those of the second
get numbers: by assigning, with rates learned from test people, or, to compare, by labelling both
months together, where each cluster takes the number that most of its old images had and that no
other cluster has taken. What is trained already is not trained again. With `--network` a run that
has not seen these people takes the place of the first month's, and `--epochs` shortens each stage.
"""

import argparse
import csv
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pages import publish, table

import vireid
from vireid.data import open_data
from vireid.data.pixels.place import MEMORY
from vireid.labelling.features import find_labels
from vireid.labelling.given import given
from vireid.metrics import adjusted_rand
from vireid.ranking import Gallery, MatchRates
from vireid.types import NOISE, Embeddings, Int

PEOPLE = {1: range(1, 65), 2: range(33, 97)}
CAMERAS = {1: (1, 2, 4, 5, 3, 6), 2: (7, 9, 11, 13, 8, 10)}
STAGES = ("intra", "joint", "aligned")
RATES = (None, 0.01, 0.003, 0.001)
RUNS = {
    "first": "the earlier network",
    "scratch": "from scratch on the second month",
    "onward": "the one that went on from it",
}


def drawn(folder: Path, seed: int) -> dict[int, Path]:
    """Draw the people, and return the manifest of each month."""
    settings = vireid.SyntheticSettings("manifest", 96, 48, seed, cameras=(8, 4))
    vireid.synthesise(folder, settings, processes=1)
    found = {}
    for month, people in PEOPLE.items():
        with (folder / "manifest.csv").open(newline="") as text:
            rows = list(csv.DictReader(text))
        kept = [
            row
            for row in rows
            if int(row["camera"]) in CAMERAS[month]
            and (row["split"] != "train" or int(row["identity"]) in people)
        ]
        found[month] = folder / f"month-{month}.csv"
        with found[month].open("w", newline="") as text:
            table = csv.DictWriter(text, rows[0].keys())
            table.writeheader()
            table.writerows(kept)
    return found


def trained(
    folder: Path, months: dict[int, Path], seed: int, network: Path | None, epochs: int | None
) -> dict[str, Path]:
    """Train what is not trained yet, one after the other."""
    runs = {name: folder / f"run-{name}" for name in RUNS}
    if network is not None:
        runs["first"] = network
    short = [] if epochs is None else [f"stages.{stage}.epochs={epochs}" for stage in STAGES]
    for name, run in runs.items():
        if run == network:
            continue
        settings = [f"seed={seed}", *short]
        if name == "onward":
            settings.append(f"network.weights={runs['first']}")
        vireid.train(
            months[1 if name == "first" else 2], run, "small", settings=settings, resume=True,
            cache=MEMORY, device="cpu",
        )  # fmt: skip
        print(f"trained in {run.name}: {vireid.Run(run).seconds()}", flush=True)
    return runs


def score(run: Path, data: Path) -> float:
    """Return the mAP of a network on the test people at the cameras of a month."""
    out = data.parent.parent / f"{run.name}-on-{data.stem}"
    found = vireid.evaluate(run, data, device="cpu", cache=MEMORY, out=out)
    return next(iter(found.table().values()))["mAP"]


def embedded(run: Path, data: Path) -> tuple[Gallery, Int]:
    """Return the training images of a month, embedded, and who is on them."""
    truth = open_data(data).train_truth
    assert truth is not None
    gallery = vireid.embed(run, data, part="train", device="cpu", cache=MEMORY)
    return gallery, np.array([int(truth.name(one)) for one in truth.identities.tolist()])


def labelled(gallery: Gallery) -> Int:
    """Return the labels of a training without new settings."""
    return find_labels(given(gallery, None), match=True).labels


def together(old: Gallery, new: Gallery, labels: Int) -> Int:
    """Return the labels of both months made at once, with the numbers of the first kept if can be.

    Pairs of an old and a new cluster are taken by the number of old images that they share.
    """
    rows = np.concatenate([old.vectors, new.vectors])
    side = np.concatenate([old.embeddings.modality, new.embeddings.modality])
    both = Gallery(old.images.plus(new.images), Embeddings(rows, side), labelling=old.labelling)
    found = labelled(both)
    mine = found[: len(old)]
    inside = (mine != NOISE) & (labels != NOISE)
    pairs, count = np.unique(np.stack([mine, labels])[:, inside], axis=1, return_counts=True)
    name: dict[int, int] = {}
    for place in np.argsort(-count, kind="stable"):
        cluster, number = pairs[:, place].tolist()
        if cluster not in name and number not in name.values():
            name[cluster] = number
    first = labels.max() + 1
    return np.array([NOISE if one == NOISE else name.get(one, first + one) for one in found])


def quality(old: tuple[Int, Int, Int], new: tuple[Int, Int]) -> list[float]:
    """Return how good numbers are.

    Args:
        old: people [N], first labels [N] and those in the end [N].
        new: people [M] and numbers [M].

    Returns:
        Shares of the new images of known people with their person's number, another known one, and
        none of them; of those of strangers with a known number; of old images whose number has
        changed; and the ARI of all.
    """
    people, before, after = old
    who = {one: np.bincount(people[before == one]).argmax() for one in range(before.max() + 1)}
    known = np.isin(new[0], list(who.values()))
    given_old = np.isin(new[1], list(who))
    right = np.array([who.get(one, NOISE) == person for person, one in zip(*new, strict=True)])
    every = np.concatenate([people, new[0]]), np.concatenate([after, new[1]])
    return [
        right[known].mean(), (given_old & ~right)[known].mean(), (~given_old)[known].mean(),
        given_old[~known].mean(), (before != after)[before != NOISE].mean(),
        adjusted_rand(*every).ari_noise_as_singletons,
    ]  # fmt: skip


def numbered(runs: dict[str, Path], months: dict[int, Path]) -> Iterator[tuple[str, list[float]]]:
    """Yield ways to number the images of the second month, and how good they are."""
    first: Int | None = None
    for name, run in runs.items():
        old, people = embedded(run, months[1])
        new, others = embedded(run, months[2])
        first = labelled(old) if first is None else first
        held_out = months[2] if name == "onward" else months[1]
        rates = vireid.calibrate(run, held_out, device="cpu", cache=MEMORY)
        for rate in RATES:
            told = f"{rate:g}" if rate else "by itself"
            numbers = assigned(run, (old, first), new, rates, rate)
            if numbers is not None:
                row = quality((people, first, first), (others, numbers))
                yield f"assign, {RUNS[name]}, rate {told}", row
        both = together(old, new, first)
        row = quality((people, first, both[: len(old)]), (others, both[len(old) :]))
        yield f"label both months together, {RUNS[name]}", row


def assigned(
    run: Path, known: tuple[Gallery, Int], new: Gallery, rates: MatchRates, rate: float | None
) -> Int | None:
    """Return the numbers of new images; None where the rates tell none so low."""
    before = vireid.Labelled(*known)
    try:
        found = vireid.assign_labels(run, before, new, rates=rates, false_match_rate=rate)
    except vireid.errors.ConfigError as error:
        print(error)
        return None
    limits = [f"{one.similarity:.3f} ({one.rate:.2g})" for one in found.limits]
    print(f"{run.name}, {found.clusters} clusters, rate {rate}: {', '.join(limits)}", flush=True)
    return found.labelled.labels


def page(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the lines of the page."""
    networks: dict[str, list[list[float]]] = {}
    numbers: dict[str, list[list[float]]] = {}
    folder = arguments.folder.absolute()
    for seed in arguments.seeds:
        months = drawn(folder / f"people-{seed}", seed)
        runs = trained(
            folder / f"runs-{seed}", months, seed, arguments.network, arguments.epochs
        )  # fmt: skip
        for name, run in runs.items():
            networks.setdefault(name, []).append([score(run, months[2]), score(run, months[1])])
        del runs["scratch"]  # its embeddings have no labels to go on from
        for way, row in numbered(runs, months):
            numbers.setdefault(way, []).append(row)
    seeds = ", ".join(map(str, arguments.seeds))
    yield f"mAP of the test people, mean (and each of the seeds {seeds}):"
    yield ""
    header = ("network", "second month's cameras", "first month's cameras")
    yield from table(header, ([RUNS[name], *cells(found)] for name, found in networks.items()))
    yield ""
    yield f"Numbers of the second month's images, in % but the ARI, people of the seeds {seeds}:"
    yield ""
    header = (
        "way", "known people: their number", "a wrong known one", "no known one",
        "strangers: a known one", "old numbers changed", "ARI of both months",
    )  # fmt: skip
    yield from table(header, ([way, *shares(found)] for way, found in numbers.items()))


def cells(found: list[list[float]]) -> list[str]:
    """Return means, with the values that they are of."""
    means = np.mean(found, axis=0)
    each = [", ".join(f"{one:.1f}" for one in column) for column in zip(*found, strict=True)]
    return [f"{mean:.1f} ({values})" for mean, values in zip(means, each, strict=True)]


def shares(found: list[list[float]]) -> list[str]:
    """Return means of shares in %, and the ARI behind them."""
    means = np.mean(found, axis=0)
    return [*(f"{100 * one:.0f}" for one in means[:-1]), f"{means[-1]:.2f}"]


def main() -> None:
    """Draw, train, evaluate, number; write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where people and runs are kept")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--network", type=Path, help="a run in place of the first month's")
    parser.add_argument("--epochs", type=int, help="of each stage (default: the recipe's)")
    parser.add_argument("--quick", action="store_true", help="writes no page")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    lines = page(arguments)
    publish("months", lines, quick=arguments.quick)


if __name__ == "__main__":
    main()
