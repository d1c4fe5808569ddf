"""What soft alignment does: are its trusts, centres and pulls right?

    vireid synth people --seed 100
    python benchmarks/alignment.py people --out alignment.md

Trains a recipe and looks, at every labelling of its last stage, at what only the training
identities can tell; training itself does not see them. A label is right for an image where most
images of the other modality with that label show its person.

- trust, by the loss against the memories of the labels (label) and against those of the other
  modality alone (partner): mean confidence of right and of wrong labels, and the chance that a
  right one is trusted more than a wrong one (area under the curve, 0.5 is none);
- centres: cosine of a label's trusted centre, and of its plain one, with the centre of the person
  that most of its images show;
- pulls, on four batches: the size of each term's gradient on the pooled features beside that of
  all ClusterNCE terms together, and its cosine with the gradient that ClusterNCE over the true
  identities would have.
"""

import argparse
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from pages import table
from sklearn.metrics import roc_auc_score

from vireid import seeds
from vireid.cluster import centres, normalise_rows
from vireid.config import Recipe, StageConfig
from vireid.data import DataFolder, load_pixels, open_data
from vireid.labelling import MultiMemoryMatching, NeighbourSearch, confidence
from vireid.metrics import reliability
from vireid.models import Passes
from vireid.recipes import load_recipe
from vireid.runs import new_network
from vireid.runs.machine import keep_memory
from vireid.terms import ClusterNCE, Kept, Term, memory_rows
from vireid.training import Labelled, TrainingImages, TrainingState, fit
from vireid.training.batches import index_batches
from vireid.training.objective import batch_loss, plan_batch
from vireid.training.prepared import Reader, load_batch
from vireid.types import (
    NOISE,
    Embeddings,
    Float,
    Int,
    Known,
    Labelling,
    LabelSpace,
    Modality,
    PseudoLabels,
)

BATCHES = 4


def majority(labels: Int, identities: Int) -> Int:
    """Return the most frequent identity [C] of each label 0..C-1, -1 for labels without images."""
    table = np.zeros((labels.max() + 1, identities.max() + 1), dtype=np.int64)
    inside = labels != NOISE
    np.add.at(table, (labels[inside], identities[inside]), 1)
    return np.where(table.any(axis=1), table.argmax(axis=1), NOISE)


class Watch:
    """Labels as the recipe does, and looks at each labelling of the last stage."""

    def __init__(self, data: DataFolder, recipe: Recipe, images: TrainingImages) -> None:
        assert data.train_truth is not None
        assert isinstance(recipe.labelling, MultiMemoryMatching), "only that is looked at"
        self.data, self.recipe, self.images = data, recipe, images
        self.labeller = recipe.labelling
        self.identities = np.unique(data.train_truth.identities, return_inverse=True)[1]
        self.embeddings: Embeddings | None = None
        self.rows: list[dict[str, float]] = []

    def spaces(self) -> Mapping[str, LabelSpace]:
        """Return the recipe's label spaces."""
        return self.labeller.spaces()

    def problems(self) -> Iterator[str]:
        """Yield what is wrong with the settings."""
        yield from self.labeller.problems()

    def label(
        self,
        embeddings: Embeddings,
        known: Known,
        spaces: Collection[str],
        *,
        generator: np.random.Generator,
        search: NeighbourSearch,
    ) -> Labelling:
        """Label as the recipe does, and remember the embeddings."""
        self.embeddings = embeddings
        return self.labeller.label(embeddings, known, spaces, generator=generator, search=search)

    def look(self, state: TrainingState) -> None:
        """Look at the labels that the training has just taken."""
        stage = self.recipe.stages[state.stage]
        if state.stage < len(self.recipe.stages) - 1 or "matched" not in state.labelling.spaces:
            return
        space, modality = state.labelling.spaces["matched"], self.images.modality
        spaces, matching = state.labelling.spaces, state.labelling.matching
        found = reliability(spaces, matching, modality, self.identities)
        row = {
            "epoch": state.epoch + 1,
            "pair precision": found.pair_precision or 0.0,
            "ARI": found.ari.get("matched", 0.0),
            **self._trust(space, modality),
            **self._centres(space, modality),
            **self._pulls(state, stage),
        }
        self.rows.append(row)
        print("  ".join(f"{name} {value:.3g}" for name, value in row.items()), flush=True)

    def _trust(self, space: PseudoLabels, modality: Int) -> dict[str, float]:
        """Compare the confidences of right and wrong labels."""
        assert self.embeddings is not None
        sides = [np.where(modality == side, space.labels, NOISE) for side in Modality]
        ways = {
            way: confidence(
                self.embeddings, space.labels, temperature=self.labeller.temperature,
                generator=seeds.generator(0, "trust"), against=way,
            )
            for way in ("label", "partner")
        }  # fmt: skip
        row = {}
        for name, side, other in zip(("visible", "infrared"), sides, sides[::-1], strict=True):
            person = np.append(majority(other, self.identities), np.full(len(side), NOISE))
            inside = side != NOISE
            right = (person[side] == self.identities)[inside]
            row[f"{name}: right labels"] = float(right.mean())
            for way, trust in ways.items():
                row[f"{name}: {way} trust of right"] = float(trust[inside][right].mean())
                row[f"{name}: {way} trust of wrong"] = float(trust[inside][~right].mean())
                row[f"{name}: {way} area"] = float(roc_auc_score(right, trust[inside]))
        return row

    def _centres(self, space: PseudoLabels, modality: Int) -> dict[str, float]:
        """Compare trusted and plain centres with those of persons, in each modality."""
        assert self.embeddings is not None
        vectors, trust = self.embeddings.vectors, np.maximum(np.asarray(space.confidence), 1e-6)
        cosines = defaultdict(list)
        for side in Modality:
            inside = (space.labels != NOISE) & (modality == side)
            rows, labels = vectors[inside], np.unique(space.labels[inside], return_inverse=True)[1]
            persons = normalise_rows(
                centres(vectors[modality == side], self.identities[modality == side])
            )
            true = persons[majority(labels, self.identities[inside])]
            for name, weights in (("trusted", trust[inside]), ("plain", None)):
                middle = normalise_rows(centres(rows, labels, weights=weights))
                cosines[name] += (middle * true).sum(axis=1).tolist()
        return {f"{name} centre": float(np.mean(values)) for name, values in cosines.items()}

    def _pulls(self, state: TrainingState, stage: StageConfig) -> dict[str, float]:
        """Compare the gradients of all terms on some batches."""
        network = deepcopy(state.network).train()
        draws = seeds.generator(self.recipe.seed, "watch", state.epoch)
        reader = Reader(self.images, self.recipe, Passes(network))
        batches = index_batches(stage, state.labelling, self.images.modality, self.recipe, draws)
        true_labels, true_kept = self._true_memories()
        sizes, cosines = defaultdict(list), defaultdict(list)
        for number, pair in enumerate(islice(batches, BATCHES)):
            ready = reader.prepare(*pair, "watch", state.epoch, number)
            (pixels, modality, _), rows = load_batch(ready), ready.rows
            output = network(network.normalise(pixels), modality)

            def pull(
                terms: Mapping[str, Term], kept: Mapping[str, Kept], labelling: Labelling
            ) -> Float:
                plans = plan_batch(terms, kept, labelling, rows)  # noqa: B023
                loss, _ = batch_loss(terms, kept, output, plans)  # noqa: B023
                found = torch.autograd.grad(loss, output.pooled, retain_graph=True)  # noqa: B023
                return found[0].flatten().numpy()

            groups = self._groups(stage)
            whole = pull(groups["clustering"], state.terms, state.labelling)
            true = pull({"true": ClusterNCE("true")}, true_kept, true_labels)
            for name, terms in groups.items():
                gradient = pull(terms, state.terms, state.labelling)
                size = float(np.linalg.norm(gradient))
                sizes[name].append(size / float(np.linalg.norm(whole)))
                cosines[name].append(float(gradient @ true) / (size * np.linalg.norm(true) + 1e-12))
        row = {f"{name} size": float(np.mean(values)) for name, values in sizes.items()}
        return row | {f"{name} cosine": float(np.mean(values)) for name, values in cosines.items()}

    @staticmethod
    def _groups(stage: StageConfig) -> dict[str, dict[str, Term]]:
        """Return the terms of a stage, ClusterNCE as a whole and on matched labels alone."""
        plain = {n: t for n, t in stage.terms.items() if isinstance(t, ClusterNCE)}
        groups: dict[str, dict[str, Term]] = {"clustering": {**plain}}
        groups["matched"] = {n: t for n, t in plain.items() if t.labels == "matched"}
        groups |= {n: {n: stage.terms[n]} for n in ("intra", "inter") if n in stage.terms}
        return {name: terms for name, terms in groups.items() if terms}

    def _true_memories(self) -> tuple[Labelling, dict[str, Kept]]:
        """Return labels by the true identities, and their memories."""
        assert self.embeddings is not None
        space = PseudoLabels(self.identities)
        kept = Kept({"memory": memory_rows(space, self.embeddings)})
        return Labelling({"true": space}), {"true": kept}


def main() -> None:
    """Train, look, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="data with training identities")
    parser.add_argument("--recipe", default="synthetic")
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE")
    parser.add_argument("--out", type=Path, help="a Markdown file")
    arguments = parser.parse_args()
    keep_memory()
    recipe, data = load_recipe(arguments.recipe, arguments.set), open_data(arguments.data)
    pixels = load_pixels(data.train, (recipe.height, recipe.width))
    images = TrainingImages(pixels, data.train.modality)
    watch = Watch(data, recipe, images)
    for event in fit(new_network(recipe), images, recipe, labeller=watch):
        if isinstance(event, Labelled):
            watch.look(event.state)
    if not watch.rows:
        parser.error(f"the last stage of {arguments.recipe} never had matched labels to look at")
    chosen = " ".join([arguments.recipe, *arguments.set])
    head = f"`python benchmarks/alignment.py`, {arguments.data.name}, recipe {chosen}."
    epochs = ["epoch", *(str(int(row["epoch"])) for row in watch.rows)]
    figures = [[n, *(f"{row[n]:.3f}" for row in watch.rows)] for n in list(watch.rows[0])[1:]]
    text = "\n".join([head, "", *table(epochs, figures)]) + "\n"
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
