"""A training, the same again, and one that is stopped within an epoch and gone on with."""

import json
from collections.abc import Generator
from contextlib import closing

import torch
from torch import Tensor

from gpu.report import Report
from gpu.scenes import FEW_ROWS, Scene, recipe_of, scene_of
from vireid.config import Recipe
from vireid.models import CrossModalNetwork
from vireid.models.sending import brought
from vireid.runs import new_network
from vireid.runs.workers import Around
from vireid.training import Event, Stepped, TrainingState, fit, pack, prepare, unpack

EPOCHS, ITERATIONS = 2, 4
"""Of each stage."""
STOP = (1, 1, 2)
"""Stages, epochs and steps that are finished where a training is stopped."""
SIZE = (96, 48)


def resume(report: Report) -> None:
    """Trainings of both kinds of networks, as deterministic as the recipes are: equal to a bit."""
    iterations = STOP[-1] + 1 if report.small else ITERATIONS
    changes = [*FEW_ROWS, f"stages.*.epochs={EPOCHS}", f"stages.*.iterations={iterations}"]
    for name in ("synthetic", "sysu"):
        recipe = recipe_of(name, SIZE, report.small, "stages.aligned.warmup=0", *changes)
        people_there = scene_of(recipe, 200 if report.small else 1200, 20)
        alone, again = (train(recipe, people_there, report.device) for _ in range(2))
        resumed = go_on(recipe, people_there, report.device)
        what = f"{recipe.network.backbone} in {recipe.compute.precision}"
        for words, other in (("trained again", again), ("stopped and resumed", resumed)):
            different = [key for key, value in alone.items() if not torch.equal(value, other[key])]
            told = f"{len(different)} of {len(alone)} tensors differ" if different else "bit-equal"
            report.check(not different, f"{what}, {words}: {told}", {"differ": len(different)})


def events(
    recipe: Recipe, people_there: Scene, network: CrossModalNetwork, begin: TrainingState | None
) -> Generator[Event, None, None]:
    """Train on labels that are given, from a state where there is one."""
    labeller = Around(recipe.labelling, lambda _: people_there.labelling)
    return fit(network, people_there.images, recipe, labeller=labeller, begin=begin)


def fresh(recipe: Recipe, device: str) -> CrossModalNetwork:
    """Return a recipe's network with its initial weights."""
    return prepare(new_network(recipe).to(device), recipe.compute)


def train(recipe: Recipe, people_there: Scene, device: str) -> dict[str, Tensor]:
    """Train to the end; return the network's tensors."""
    network = fresh(recipe, device)
    for _ in events(recipe, people_there, network, None):
        pass
    return brought(network.state_dict())


def go_on(recipe: Recipe, people_there: Scene, device: str) -> dict[str, Tensor]:
    """Stop within an epoch, take the state apart as for a file, and train on from there."""
    with closing(events(recipe, people_there, fresh(recipe, device), None)) as begun:
        tensors, values = pack(next(event.state for event in begun if is_stop(event)))
        tensors, values = brought(tensors), json.loads(json.dumps(values))
    network = fresh(recipe, device)
    state = unpack(network, recipe, tensors, values)
    for _ in events(recipe, people_there, network, state):
        pass
    return brought(network.state_dict())


def is_stop(event: Event) -> bool:
    """Tell whether a training is stopped at an event."""
    state = event.state
    return isinstance(event, Stepped) and (state.stage, state.epoch, state.step) == STOP
