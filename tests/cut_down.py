"""Recipes of the methods, cut down by settings alone, and labels of people far apart."""

import numpy as np

from vireid.recipes import load_recipe
from vireid.training import TrainingImages
from vireid.types import Embeddings

METHODS = ("adca", "adca-mmm", "bmil", "mmm", "mmm-pclhd", "nulc", "pclhd", "pgm", "rpnr")
PEOPLE, EACH = 4, 8
"""People, and images of each in a modality."""


def cut_down(name, *more):
    """Return a method with a tiny network, one epoch a stage and three of the last one."""
    plain = load_recipe(name)
    changes = ["height=16", "width=8", "network.weights=none", "network.stripes=1"]
    changes += ["network.backbone=test_efficientnet", "network.depth=2", "network.frozen=0"]
    changes += ["augmentation.padding=1", "labelling.memories=2"]
    changes += ["labelling.single={k1: 8, k2: 3, eps: 0.6, min_samples: 3}"]
    changes += ["labelling.mixed.k1=12", "labelling.mixed.k2=4"]
    for stage in plain.stages:
        place, last = f"stages.{stage.name}", stage is plain.stages[-1]
        short = {"epochs": 3 if last else 1, "iterations": 2, "batch_labels": 3, "batch_images": 2}
        changes += [f"{place}.{key}={value}" for key, value in short.items()]
        for step in range(len(stage.then)):
            changes += [f"{place}.then.{step}.{key}=2" for key in ("batch_labels", "batch_images")]
    return load_recipe(name, [*changes, *more], allow_unused=True)


def few_pixels():
    """Return random images of the people."""
    modality = np.repeat([0, 1], PEOPLE * EACH)
    pixels = np.random.default_rng(1).integers(0, 256, (len(modality), 16, 8, 3), dtype=np.uint8)
    return TrainingImages(pixels, modality)


class People:
    """Labels by a recipe's settings, the vectors replaced by those of people far apart."""

    def __init__(self, inner, people=PEOPLE, each=EACH):
        self.inner, self.people, self.each = inner, people, each
        self.spaces, self.problems = inner.spaces, inner.problems

    def label(self, embeddings, *given, **named):
        generator = np.random.default_rng(0)
        people = np.tile(np.repeat(np.arange(self.people), self.each), 2)
        vectors = generator.normal(size=(self.people, 16))[people] + generator.normal(
            0, 0.4, (len(people), 16)
        )
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return self.inner.label(Embeddings(vectors, embeddings.modality), *given, **named)
