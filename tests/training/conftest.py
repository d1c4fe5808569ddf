"""What the tests of the training share: how to train, to stop before any step and to go on."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import torch

from vireid.labelling import MultiMemoryMatching
from vireid.recipes import parse_recipe
from vireid.runs import new_network
from vireid.training import (
    EpochBegun,
    EpochEnded,
    Labelled,
    Stepped,
    TrainingImages,
    fit,
    pack,
    unpack,
)
from vireid.types import NOISE, Labelling, Matching, PseudoLabels

MICRO = """
height: 16
width: 8
network: {backbone: test_efficientnet, weights: none, depth: 2}
augmentation: {padding: 1, exposure: 0.1}
batch_labels: 3
batch_images: 2
stages:
- name: aligned
  epochs: 2
  iterations: 2
  sample_by: matched
  terms:
    visible: {loss: cluster_nce, labels: visible}
    infrared: {loss: cluster_nce, labels: infrared}
    matched: {loss: cluster_nce, labels: matched}
"""
"""The smallest recipe."""


@dataclass(frozen=True)
class Changed:
    """A labeller whose answers a function changes."""

    inner: object
    change: object

    def spaces(self):
        return self.inner.spaces()

    def problems(self):
        yield from self.inner.problems()

    def label(self, embeddings, known, spaces, *, generator, search):
        found = self.inner.label(embeddings, known, spaces, generator=generator, search=search)
        return self.change(found, embeddings)


@dataclass
class Course:
    """What a training did."""

    network: object
    reports: list = field(default_factory=list)
    told: list = field(default_factory=list)
    """Of the beginning of each epoch and of each step, in order."""
    state: object = None


def follow(network, events):
    """Run a training to its end."""
    course = Course(network)
    for event in events:
        course.state = event.state
        match event:
            case EpochBegun(report=report) | Stepped(report=report):
                course.told.append(report)
            case EpochEnded(report=report):
                course.reports.append(report)
    return course


def step_is_next(event, recipe):
    """Tell whether the training takes a step next."""
    state = event.state
    if isinstance(event, EpochEnded) or state.stage == len(recipe.stages):
        return False
    stage = recipe.stages[state.stage]
    due = state.labels_are_due(stage) or state.centres_are_due(stage)
    return state.step < stage.iterations and (isinstance(event, Labelled) or not due)


@pytest.fixture(scope="session")
def train():
    """Return the function that trains to the end; it returns what happened."""

    def run(crops, recipe, *, change=None, network=None, **given):
        network = network or new_network(recipe)
        if change:
            change(network)
        return follow(network, fit(network, crops, recipe, **given))

    return run


@pytest.fixture(scope="session")
def stopped():
    """Return the function that trains until so many steps are taken, right before the next."""

    def run(crops, recipe, steps, **given):
        network, taken = new_network(recipe), 0
        initial = {name: value.clone() for name, value in network.state_dict().items()}
        for event in fit(network, crops, recipe, **given):
            taken += isinstance(event, Stepped)
            if taken == steps and step_is_next(event, recipe):
                return initial, event.state
        return initial, event.state

    return run


@pytest.fixture(scope="session")
def changed():
    """Return the labeller whose answers a function changes."""
    return Changed


@pytest.fixture(scope="session")
def bits():
    """Return the function that turns weights into bytes."""
    return lambda network: {n: v.numpy().tobytes() for n, v in network.state_dict().items()}


@pytest.fixture(scope="session")
def copied():
    """Return the function that packs a state, apart from all that changes later."""

    def copy(state):
        tensors, values = pack(state)
        return {name: value.clone() for name, value in tensors.items()}, values

    return copy


@pytest.fixture(scope="session")
def resumed(copied):
    """Return the function that stops after each event in turn, goes on in a fresh network from
    the packed state of the event, and compares the weights at the end."""

    def compare(images, recipe, whole, only=None, **given):
        """Compare; return how many events there were."""
        events = list(fit_and_copy(images, recipe, copied, **given))
        for number, packed in enumerate(events):
            if only is not None and not only(number):
                continue
            other = new_network(recipe)
            for value in other.state_dict().values():
                value.zero_()
            begin = unpack(other, recipe, *packed)
            follow(other, fit(other, images, recipe, begin=begin, **given))
            for name, value in other.state_dict().items():
                assert torch.equal(value, whole[name]), f"{name} after event {number}"
        return len(events)

    return compare


def fit_and_copy(images, recipe, copied, **given):
    """Yield the packed state of every event."""
    for event in fit(new_network(recipe), images, recipe, **given):
        yield copied(event.state)


@dataclass(frozen=True)
class People:
    """A labeller that knows the four people of ``few_images``; every eighth image is noise."""

    nobody: tuple = ()
    """Label spaces that stay without clusters."""

    def spaces(self):
        return MultiMemoryMatching().spaces()

    def problems(self):
        yield from ()

    def label(self, embeddings, known, spaces, *, generator, search):  # noqa: ARG002
        count = np.arange(len(embeddings))
        person = np.where(count % 8 == 7, NOISE, count // 8)
        found = {}
        for name in spaces:
            side = self.spaces()[name].modality
            inside = person if side is None else np.where(known.modality == side, person, NOISE)
            labels = np.full(len(person), NOISE) if name in self.nobody else inside
            trust = generator.random(len(person)) if name == "matched" else None
            found[name] = PseudoLabels(labels, trust, side)
        if "matched" not in found:
            return Labelling(found)
        clusters = [found[name].clusters for name in ("visible", "infrared") if name in found]
        if len(clusters) < 2:
            return Labelling(found, matched="matched")
        partner = np.arange(clusters[0])
        partner[partner >= clusters[1]] = NOISE
        cost = np.where(partner == NOISE, np.nan, 0.0)
        matching = Matching(partner, clusters[1], cost)
        return Labelling(found, matching, "matched")


@pytest.fixture(scope="session")
def four_people():
    """Return the labeller that knows four people."""
    return People


@pytest.fixture(scope="session")
def micro():
    """Return the smallest recipe, whose labels are those of four people."""
    return replace(parse_recipe(MICRO), labelling=People())


@pytest.fixture(scope="session")
def few_images():
    """Return 32 small random images of four people."""
    pixels = np.random.default_rng(0).integers(0, 256, (32, 16, 8, 3), dtype=np.uint8)
    return TrainingImages(pixels, np.arange(32) % 2, camera=np.arange(32) % 3)
