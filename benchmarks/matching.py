"""Matching by itself: which memories, which method, which rejection.

    vireid synth people --seed 100
    vireid synth half --seed 100 --unpaired 0.5
    python benchmarks/matching.py people half

For each data set a run is trained with the recipe's stages before the last, unless one is given
(--runs, in the same order). Its last stage's network embeds the training images; clusters of both
modalities are matched in every way, and pairs are compared with the training identities, which
nothing else sees. Tables go to the terminal and to --out, in Markdown:

- precision and recall of pairs for 1, 2, 4 and 8 memories, methods and rejection rules;
- the same for true identities in place of clusters, so that each holds all views of its person;
- what the memories of a cluster tell of viewpoint and camera (factors.csv of the generator), as
  mutual information within clusters (and within cluster and camera), beside the same for shuffled
  memories;
- precision and recall of each rule by share of unpaired identities.
"""

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import get_args

import numpy as np
from pages import table
from views import information, nearest_memory, shuffled

from vireid.data import DataFolder, load_pixels, open_data
from vireid.labelling import MultiMemoryMatching, label_spaces
from vireid.matching.rejection import Rejection
from vireid.metrics import reliability
from vireid.models.extract import extract
from vireid.recipes import load_recipe
from vireid.runs import Run, load_network
from vireid.runs.session import Session
from vireid.runs.train_run import train_run
from vireid.seeds import generator
from vireid.types import NOISE, Embeddings, Labelling, Modality, PseudoLabels

METHODS = ("hungarian", "progressive", "nearest")
RULES = get_args(Rejection)
MEMORIES = (1, 2, 4, 8)
SHUFFLES = 100


@dataclass(frozen=True)
class Case:
    """The clusters of one data set under one trained network."""

    folder: Path
    data: DataFolder
    config: MultiMemoryMatching
    embeddings: Embeddings
    clusters: Labelling

    def scores(self, method: str, rule: str, memories: int) -> tuple[int, float, float]:
        """Match; return the number of pairs, their precision and recall, in %."""
        config = replace(self.config, matching=method, reject=rule, memories=memories)
        sides = self.clusters.spaces["visible"], self.clusters.spaces["infrared"]
        matching = config.match(
            self.embeddings, *sides, generator=generator(0, "matching", memories)
        )
        identities = self.data.train_truth and self.data.train_truth.identities
        spaces = self.clusters.spaces
        found = reliability(spaces, matching, self.embeddings.modality, identities)
        assert found.pair_precision is not None
        assert found.pair_recall is not None
        return len(matching.pairs()[0]), 100 * found.pair_precision, 100 * found.pair_recall

    @cached_property
    def unpaired(self) -> float:
        """Share of the identities that were seen in one modality only."""
        assert self.data.train_truth is not None
        identities = self.data.train_truth.identities
        seen = [set(identities[self.data.train.modality == side]) for side in Modality]
        return 1 - len(seen[0] & seen[1]) / len(seen[0] | seen[1])

    def perfect(self) -> "Case":
        """Return the same with true identities in place of clusters."""
        assert self.data.train_truth is not None
        names, modality = self.data.train_truth.identities, self.embeddings.modality
        spaces = {}
        for side in Modality:
            labels = np.full(len(modality), NOISE)
            inside = modality == side
            labels[inside] = np.unique(names[inside], return_inverse=True)[1]
            spaces[side.name.lower()] = PseudoLabels(labels, modality=side)
        return replace(self, clusters=Labelling(spaces))


def prepare(folder: Path, run: Run, recipe_name: str, stages: int) -> Case:
    """Train where there is no run yet, embed and cluster the training images."""
    data = open_data(folder)
    if not run.recipe_file.exists():
        recipe = load_recipe(recipe_name)
        train_run(Session(data, replace(recipe, stages=recipe.stages[:stages]), run))
    recipe = run.recipe()
    config = recipe.labelling
    assert isinstance(config, MultiMemoryMatching), "only multi-memory matching is looked at"
    pixels = load_pixels(data.train, (recipe.height, recipe.width))
    embeddings = extract(load_network(run), pixels, data.train.modality)
    clusters = label_spaces(
        embeddings,
        ("visible", "infrared"),
        config,
        generator=generator(0, "clusters"),
    )
    return Case(folder, data, config, embeddings, clusters)


def cell(scores: tuple[int, float, float]) -> str:
    """Return scores as text: precision / recall (pairs)."""
    return f"{scores[1]:.0f} / {scores[2]:.0f} ({scores[0]})"


def by_memories(case: Case) -> Iterator[str]:
    """Yield the table over memories, methods and rules."""
    spaces = case.clusters.spaces
    yield (
        f"{case.folder.name}: {spaces['visible'].clusters} visible and "
        f"{spaces['infrared'].clusters} infrared clusters, {case.unpaired:.0%} of the identities "
        "unpaired. Precision / recall of pairs in % (pairs)."
    )
    yield ""
    rows = [
        [method, rule, *(cell(case.scores(method, rule, n)) for n in MEMORIES)]
        for rule in RULES
        for method in (METHODS if rule == "none" else ("hungarian",))  # others find the same pairs
    ]
    true = case.perfect()
    rows += [
        [
            f"{method}, true clusters",
            "none",
            *(cell(true.scores(method, "none", n)) for n in MEMORIES),
        ]
        for method in ("hungarian", "nearest")
    ]
    yield from table(["method", "reject", *(f"n = {n}" for n in MEMORIES)], rows, 2)
    yield ""


def by_share(cases: list[Case], memories: int) -> Iterator[str]:
    """Yield the table over shares of unpaired identities."""
    yield f"Precision / recall of pairs in % (pairs), {memories} memories."
    yield ""
    ways = [(method, "none") for method in METHODS]
    ways += [("hungarian", rule) for rule in RULES if rule != "none"]
    rows = [
        [way[0] if way[1] == "none" else way[1], *(cell(c.scores(*way, memories)) for c in cases)]
        for way in ways
    ]
    header = [f"{case.folder.name}: {case.unpaired:.0%} unpaired" for case in cases]
    yield from table(["", *header], rows)
    yield ""


def by_view(case: Case, memories: int) -> Iterator[str]:
    """Yield the table on what memories tell of viewpoint and camera."""
    with (case.folder / "factors.csv").open(newline="", encoding="utf-8") as file:
        known = {row["path"]: row for row in csv.DictReader(file)}
    factors = {
        name: np.unique([known[path][name] for path in case.data.train.paths], return_inverse=True)[
            1
        ]
        for name in ("view", "camera")
    }
    yield (
        f"{case.folder.name}: mutual information of {memories} memories with a factor, within "
        f"clusters, in bits; mean and largest of {SHUFFLES} shuffles of the memories in each "
        "cluster."
    )
    yield ""
    factors["view, same camera"] = factors["view"]
    rows = []
    for side in ("visible", "infrared"):
        labels = case.clusters.spaces[side].labels
        memory = nearest_memory(case.embeddings.vectors, labels, memories)
        inside = labels != NOISE
        for name, factor in factors.items():
            groups = labels[inside]
            if name.endswith("same camera"):
                groups = 1000 * groups + factors["camera"][inside]
            order = generator(0, "shuffles", side, name)
            found = information(memory[inside], factor[inside], groups)
            chance = [
                information(shuffled(memory[inside], groups, order), factor[inside], groups)
                for _ in range(SHUFFLES)
            ]
            most = information(factor[inside], factor[inside], groups)
            figures = found, found / max(1e-12, most), np.mean(chance), max(chance)
            rows.append([side, name, *(f"{value:.3f}" for value in figures)])
    header = ["clusters", "factor", "memories", "share of the factor's entropy"]
    yield from table([*header, "shuffled, mean", "shuffled, largest"], rows, 2)
    yield ""


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="+", help="data sets with training identities")
    parser.add_argument("--runs", type=Path, nargs="+", help="a trained run for each data set")
    parser.add_argument("--work", type=Path, default=Path("runs/matching"), help="for own runs")
    parser.add_argument("--recipe", default="synthetic")
    parser.add_argument("--stages", type=int, default=-1, help="to train (default: but the last)")
    parser.add_argument("--memories", type=int, default=4, help="of the second and third table")
    parser.add_argument("--out", type=Path, help="a Markdown file")
    arguments = parser.parse_args()
    part = f"-{arguments.stages}" if arguments.stages > 0 else ""
    runs = arguments.runs or [arguments.work / f"{p.name}{part}" for p in arguments.data]
    if len(runs) != len(arguments.data):
        parser.error(f"{len(arguments.data)} data sets and {len(runs)} runs; expected as many")
    cases = [
        prepare(folder, Run(run), arguments.recipe, arguments.stages)
        for folder, run in zip(arguments.data, runs, strict=True)
    ]
    lines: list[str] = []
    for case in cases:
        lines += by_memories(case)
        if (case.folder / "factors.csv").is_file():
            lines += by_view(case, arguments.memories)
    lines += by_share(cases, arguments.memories)
    text = "\n".join(lines)
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
