"""How many neighbours suit how many images, and what clarity says of labels: ARI on drawn people.

    python benchmarks/neighbours.py demo/run            # some minutes on two cores
    python benchmarks/neighbours.py demo/run --quick    # one data set of a few people

People of generator seeds 100 and 101, whom no test uses, are embedded by a run that has not seen
them. Sets hold 8 to 96 of them, with all, half or a quarter of their images. The adjusted Rand
index counts noise as singletons.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pages import options, publish, table

import vireid
from vireid.labelling.clustering import ClusteringConfig
from vireid.labelling.features import find_labels
from vireid.labelling.multi_memory import MultiMemoryMatching
from vireid.labelling.sized import most_neighbours, sized
from vireid.metrics import adjusted_rand
from vireid.synthetic import DEFAULTS
from vireid.training.signals import clarity, signals
from vireid.types import Modality

SEEDS, PEOPLE, SHARES = (100, 101), (8, 16, 32, 64, 96), (1, 2, 4)
GRID = (6, 8, 10, 12, 15, 20, 25, 30, 40)
KINDS = {"visible": Modality.VISIBLE, "infrared": Modality.INFRARED, "both": None}
BOUNDS = (-1, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 2)


@dataclass(frozen=True)
class Labelled:
    """One clustering of one set."""

    kind: str
    share: int
    images: int
    how: str
    ari: float
    clarity: float


def sets(run: str, seed: int, people: tuple[int, ...]) -> Iterator[tuple[int, np.ndarray, ...]]:
    """Yield the share of the images, rows, modality and identity of each set of drawn people."""
    with TemporaryDirectory() as folder:
        settings = {"identities": 4, "test_identities": max(people), "seed": seed}
        drawn = type(DEFAULTS["sysu"])(**vars(DEFAULTS["sysu"]) | settings)
        vireid.synthesise(Path(folder) / "data", drawn)
        gallery = vireid.embed(run, Path(folder) / "data", part="test", cache="none")
    identity = np.array([int(path.split("/")[1]) for path in gallery.images.paths])
    order = np.lexsort((gallery.images.camera, identity))
    generator = np.random.default_rng(seed)
    for count, share in product(people, SHARES):
        chosen = generator.permutation(np.unique(identity))[:count]
        rows = order[np.isin(identity[order], chosen)][::share]
        vectors, side = gallery.embeddings.vectors[rows], gallery.images.modality[rows]
        yield share, vectors, side, identity[rows]


def configs(count: int, mixed: bool) -> Iterator[tuple[str, ClusteringConfig]]:
    """Yield what is compared, by name."""
    usual = ClusteringConfig(k1=40, k2=32) if mixed else ClusteringConfig()
    own = ClusteringConfig(k1=20, k2=8) if mixed else ClusteringConfig(k1=15, k2=4)
    yield "literature", usual
    yield "recipe synthetic", own
    yield "literature, lowered", sized(usual, count, mixed=mixed)
    yield "recipe synthetic, lowered", sized(own, count, mixed=mixed)
    for k1 in GRID:
        yield "grid", ClusteringConfig(k1=k1, k2=max(1, round(k1 / 5)))


def measure(run: str, seeds: tuple[int, ...], people: tuple[int, ...]) -> Iterator[Labelled]:
    """Label every set in every way."""
    for seed in seeds:
        for (share, rows, side, identity), kind in product(sets(run, seed, people), KINDS):
            inside = np.ones(len(side), bool) if KINDS[kind] is None else side == KINDS[kind]
            for how, config in configs(int(inside.sum()), kind == "both"):
                settings = MultiMemoryMatching(config, config)
                found = find_labels(
                    rows[inside], side[inside], settings=settings, k1=config.k1, k2=config.k2
                )
                ari = adjusted_rand(identity[inside], found.labels).ari_noise_as_singletons
                figures = signals(found.labelling, found.embeddings, {})
                clear = clarity(found.labelling, figures, found.embeddings.modality)
                yield Labelled(kind, share, int(inside.sum()), how, ari, clear)


def best(found: list[Labelled]) -> float:
    """Return the mean over sets of the best of the grid."""
    tops: dict[int, float] = {}
    for i, one in enumerate(found):
        tops[i // len(GRID)] = max(one.ari, tops.get(i // len(GRID), 0.0))
    return float(np.mean(list(tops.values())))


def page(run: str, found: list[Labelled]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield f"`python benchmarks/neighbours.py {run}`: mean ARI, noise as singletons, over sets of"
    yield f"{PEOPLE} drawn people of generator seeds {SEEDS}. Lowered: k1 at most 3.3 N^0.22,"
    yield "4 N^0.22 for both modalities, and k2 then at most k1 / 5; N is the number of images."
    yield ""
    ways = [how for how, _ in configs(100, mixed=False)][:4]
    rows = []
    for kind, share in product(KINDS, SHARES):
        here = [one for one in found if (one.kind, one.share) == (kind, share)]
        sizes = sorted({one.images for one in here})
        means = [np.mean([one.ari for one in here if one.how == how]) for how in ways]
        grid = best([one for one in here if one.how == "grid"])
        per = f"1/{share}" if share > 1 else "all"
        limits = {most_neighbours(n, mixed=kind == "both") for n in sizes}
        rows.append(
            [kind, per, f"{sizes[0]:,} to {sizes[-1]:,}", f"{min(limits)} to {max(limits)}"]
            + [f"{mean:.2f}" for mean in [*means, grid]]
        )
    header = ["modality", "images of each", "N", "k1 at most", *ways, "best of a grid"]
    yield from table(header, rows, words=2)
    yield ""
    yield "What clarity went with which ARI (10%, median, 90%), labels of k1 6 to 40:"
    yield ""
    bins = []
    for low, high in pairwise(BOUNDS):
        here = [one.ari for one in found if one.how == "grid" and low <= one.clarity < high]
        if here:
            words = f"{low:g} to {high:g}" if low > -1 else f"below {high:g}"
            words = words if high < 2 else f"from {low:g}"
            values = np.quantile(here, (0.1, 0.5, 0.9))
            bins.append([words, str(len(here)), *(f"{value:.2f}" for value in values)])
    yield from table(["clarity", "labellings", "ARI 10%", "median", "90%"], bins)


def main() -> None:
    """Measure, print and write the page."""
    parser = options(__doc__, "one data set of a few people")
    parser.add_argument("run", help="a run of the recipe synthetic, such as demo/run")
    arguments = parser.parse_args()
    seeds, people = (SEEDS[:1], PEOPLE[:2]) if arguments.quick else (SEEDS, PEOPLE)
    found = list(measure(arguments.run, seeds, people))
    publish("neighbours", page("demo/run", found), quick=arguments.quick)


if __name__ == "__main__":
    main()
