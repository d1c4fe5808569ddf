"""Steps of the shipped recipes on a pretended GPU: who waits, and what mixes devices.

The recipes' own terms and batches, with a tiny trunk and tiny pixels.
"""

from contextlib import closing
from dataclasses import asdict, dataclass, replace
from itertools import islice

import numpy as np
import pytest

from tests.pretended import pretended_gpu
from vireid.config import Recipe, StageConfig
from vireid.models import Passes
from vireid.recipes import load_recipe, names
from vireid.runs import new_network
from vireid.training import TrainingImages
from vireid.training.compute import new_pooling, prepare
from vireid.training.keeping import begin_terms, trained
from vireid.training.optimiser import set_learning_rate, train_terms
from vireid.training.outcomes import settle
from vireid.training.prepared import Reader, read_iterations
from vireid.training.schedule import learning_rate
from vireid.training.state import first_state, optimiser_of_stage
from vireid.training.step import Stepping
from vireid.training.workers import alone
from vireid.types import NOISE, Embeddings, Labelling, Matching, Modality, PseudoLabels

LIMIT = 3
"""Waits in a step."""
NUMBERS = {"weight", "start", "temperature", "momentum", "margin", "k", "keep"}
"""Settings of terms that only scale what is computed."""
TRUNKS = {
    "resnet50.tv_in1k": ("network.backbone=test_resnet", "network.non_local=[0,1,1,0]"),
    "tf_efficientnet_lite0": ("network.backbone=test_efficientnet",),
}
"""What stands in for the backbones of the recipes."""


@dataclass(frozen=True)
class Case:
    """A stage of a recipe."""

    recipe: Recipe
    number: int

    @property
    def stage(self) -> StageConfig:
        return self.recipe.stages[self.number]


SETTINGS = {
    "parts": "compute.parts=2",
    "bf16": "compute.precision=bf16",
    "fp16": "compute.precision=fp16",
    "fp64": "compute.precision=fp64",
    "teacher": "teacher={momentum: 0.9}",
    "hardest": "stages.joint.terms.mixed.memory_update=hardest",
    "cross": "stages.joint.terms.across={loss: cross_nce, labels: visible, against: infrared}",
    "relaxed": "stages.joint.terms.near={loss: relaxed, labels: infrared}",
}
"""Settings that no shipped recipe has, tried in a stage of the small one."""


def tiny(name, *more):
    """Return a shipped recipe with a tiny trunk and tiny pixels."""
    plain = load_recipe(name)
    changes = ["network.weights=none", "height=32", "width=16", *TRUNKS[plain.network.backbone]]
    for stage in plain.stages:
        changes.append(f"stages.{stage.name}.batch_images=4")
        steps = range(len(stage.then))
        changes += [f"stages.{stage.name}.then.{step}.batch_images=4" for step in steps]
    return load_recipe(name, [*changes, *more])


def path(recipe, stage):
    """Return what decides which code a step of a stage runs through."""
    steps = [
        (
            step.sample_by,
            recipe.batch(step),
            [
                (name, term.loss, [(k, v) for k, v in asdict(term).items() if k not in NUMBERS])
                for name, term in step.terms.items()
            ],
        )
        for step in stage.steps()
    ]
    parts = (recipe.augmentation, recipe.network, recipe.compute, recipe.teacher, recipe.guard)
    return repr((steps, stage.optimiser, parts))


def cases():
    """Return each stage whose code none before it ran through, by recipe and stage. Of terms that
    take turns, the last epoch shows the odd ones in small recipes and the even ones in others."""
    found = {}
    for name in ("mmm-sysu", *sorted(names(), key=lambda name: "-regdb" in name)):
        recipe = tiny(name)
        for number, stage in enumerate(recipe.stages):
            found.setdefault(path(recipe, stage), (f"{name}-{stage.name}", Case(recipe, number)))
    others = {name: Case(tiny("synthetic", change), 1) for name, change in SETTINGS.items()}
    return dict(found.values()) | others


CASES = cases()
PEOPLE, COUNT = 60, 4000


def labelled():
    """Return random images of 60 people, and labels of which a tenth is noise; ten people are
    matched to nobody."""
    generator = np.random.default_rng(0)
    modality = (generator.random(COUNT) < 0.35).astype(np.int64)
    person = generator.integers(0, PEOPLE, COUNT)

    def some(inside):
        labels = np.where(inside, person, NOISE)
        labels[generator.random(COUNT) < 0.1] = NOISE
        return labels

    spaces = {
        "visible": PseudoLabels(some(modality == 0), modality=Modality.VISIBLE),
        "infrared": PseudoLabels(some(modality == 1), modality=Modality.INFRARED),
        "mixed": PseudoLabels(some(modality >= 0)),
    }
    matched = some(person < PEOPLE - 10)
    trust = np.where(matched != NOISE, generator.random(COUNT), 0).astype(np.float32)
    spaces["matched"] = PseudoLabels(matched, trust)
    pixels = generator.integers(0, 256, (COUNT, 32, 16, 3), dtype=np.uint8)
    partner = np.where(np.arange(PEOPLE) < PEOPLE - 10, np.arange(PEOPLE), NOISE)
    matching = Matching(partner, PEOPLE, np.where(partner == NOISE, np.nan, 0.5))
    return TrainingImages(pixels, modality), Labelling(spaces, matching, "matched")


IMAGES, LABELLING = labelled()


def near(k):
    """Return any images of each modality as the nearest ones of every image."""
    sides = [np.flatnonzero(IMAGES.modality == side) for side in Modality]
    generator = np.random.default_rng(2)
    return {Modality(s): generator.choice(rows, (COUNT, k)) for s, rows in enumerate(sides)}


def begun(case, device):
    """Return the state before the last epoch of a stage, in which all terms are on."""
    recipe, stage = case.recipe, case.stage
    network = prepare(new_network(recipe).to(device), recipe.compute)
    network.train()
    rows = np.random.default_rng(1).normal(size=(COUNT, network.embedding_size))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    state = first_state(network, recipe)
    state.stage, state.epoch, state.labelling = case.number, stage.epochs - 1, LABELLING
    state.optimiser = optimiser_of_stage(network, recipe, case.number)
    embeddings = Embeddings(rows, IMAGES.modality, np.abs(rows))
    k = max(term.needs_neighbours for term in stage.all_terms().values())
    labelling = replace(LABELLING, nearest=near(k)) if k else LABELLING
    state.terms = begin_terms(stage, labelling, embeddings, recipe.seed, device=device)
    train_terms(state.optimiser, trained(stage.all_terms(), state.terms))
    return state


def take_steps(state, case, before, count=2):
    """Take steps; return the losses of each, as they were read. Calls ``before`` before each."""
    recipe, stage = case.recipe, case.stage
    forward = Passes(state.network, new_pooling(state.network, recipe.compute))
    reader = Reader(IMAGES, recipe, forward, pin=state.network.mean.is_cuda)
    stepping, losses = Stepping(state, recipe, stage, forward, alone), []
    with closing(read_iterations(state, reader, stage)) as iterations:
        for prepared in islice(iterations, count):
            before()
            set_learning_rate(state.optimiser, learning_rate(stage, state.epoch, state.step))
            stepping.iterate(prepared)
            losses.append(state.latest)
    settle(state)
    return [losses[0], state.latest]


@pytest.fixture(scope="module", params=CASES)
def taken(request):
    """Take two steps of a case; return the case, what the second one did, losses and state."""
    case = CASES[request.param]
    with pretended_gpu() as gpu:
        state = begun(case, "cuda")
        losses = take_steps(state, case, gpu.clear)
    return case, gpu, losses, state


def test_no_operation_mixes_devices(taken):
    _, gpu, _, _ = taken
    assert not gpu.mixed, gpu.told()
    assert not gpu.raced, gpu.told()
    assert gpu.launched > 100


def test_a_step_hardly_waits(taken):
    _, gpu, _, _ = taken
    assert gpu.waited <= LIMIT, gpu.told()


def test_losses_are_those_of_the_cpu(taken):
    case, _, losses, _ = taken
    rounding = 1e-2 if case.recipe.compute.precision in ("bf16", "fp16") else 1e-4
    expected = take_steps(begun(case, "cpu"), case, lambda: None)
    for one, other in zip(losses, expected, strict=True):
        assert one == pytest.approx(other, rel=rounding)
