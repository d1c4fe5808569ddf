"""Steps of a training whose labels are given: whole ones, and bare ones on ready pixels."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import numpy as np
import torch

from gpu.scenes import Scene
from vireid.cluster import normalise_rows
from vireid.config import Recipe
from vireid.models import Passes
from vireid.precision import multiplying
from vireid.runs import new_network
from vireid.training import new_pooling, prepare
from vireid.training.keeping import begin_terms, trained
from vireid.training.optimiser import set_learning_rate, train_terms
from vireid.training.outcomes import settle
from vireid.training.prepared import Prepared, Reader, load_batch, read_iterations
from vireid.training.room import chosen_compute, resident_pixels
from vireid.training.schedule import learning_rate
from vireid.training.state import TrainingState, first_state, optimiser_of_stage
from vireid.training.step import Stepping
from vireid.training.workers import alone
from vireid.types import Embeddings


class Steps:
    """A training in the last epoch of a stage, in which all its terms are on.

    Args:
        recipe: all settings; what it leaves to a GPU's memory is chosen as in a training.
        number: of the stage.
        scene: images and labels.
        device: where it computes.
    """

    def __init__(self, recipe: Recipe, number: int, scene: Scene, device: str) -> None:
        network = prepare(new_network(recipe).to(device), recipe.compute)
        recipe = replace(recipe, compute=chosen_compute(network, recipe))
        self.state = begun(recipe, number, scene, first_state(network, recipe))
        self.device, self.recipe, self.stage = device, recipe, recipe.stages[number]
        forward = Passes(network.train(), new_pooling(network, recipe.compute))
        self.stepping = Stepping(self.state, recipe, self.stage, forward, alone)
        images = replace(scene.images, resident=resident_pixels(scene.images.pixels, device))
        reader = Reader(images, recipe, forward, pin=network.mean.is_cuda)
        self.iterations = read_iterations(self.state, reader, self.stage)
        self.prepared = next(self.iterations)
        self.ready = self.load(self.prepared[0])

    @property
    def rows(self) -> int:
        """Return how many images go through the network in a step."""
        return self.prepared[0].images

    def load(self, prepared: Prepared) -> tuple[torch.Tensor, torch.Tensor]:
        """Augment a batch on the device."""
        pixels, modality, _ = load_batch(prepared, self.device)
        return self.state.network.normalise(pixels), modality

    def full(self) -> None:
        """Take a step, as a training does."""
        state = self.state
        rate = learning_rate(self.stage, state.epoch, state.step)
        set_learning_rate(state.optimiser, rate)
        self.stepping.iterate(self.prepared)
        self.prepared = next(self.iterations)

    def bare(self) -> None:
        """Pass ready pixels through the network and back, and step the optimiser."""
        with multiplying(self.recipe.compute.products, self.device):
            loss = self.stepping.forward(*self.ready).pooled.square().mean()
            self.state.optimiser.zero_grad(set_to_none=True)
            loss.backward()
        self.state.optimiser.step()

    def losses(self) -> dict[str, float]:
        """Return the losses of the last step."""
        settle(self.state)
        return dict(self.state.latest)


@contextmanager
def stepping(recipe: Recipe, number: int, scene: Scene, device: str) -> Iterator[Steps]:
    """Begin to train, and let go of the reader and the GPU's memory afterwards."""
    steps = Steps(recipe, number, scene, device)
    with closing(steps.iterations):
        yield steps


def begun(recipe: Recipe, number: int, scene: Scene, state: TrainingState) -> TrainingState:
    """Bring a state to the last epoch of a stage; what its terms keep comes from random rows."""
    stage, network, modality = recipe.stages[number], state.network, scene.images.modality
    rows = np.random.default_rng(1).normal(size=(len(modality), network.embedding_size))
    rows = normalise_rows(rows.astype(np.float32))
    state.stage, state.epoch, state.labelling = number, stage.epochs - 1, scene.labelling
    state.optimiser = optimiser_of_stage(network, recipe, number)
    embeddings = Embeddings(rows, modality, np.abs(rows))
    device = network.mean.device
    state.terms = begin_terms(stage, scene.labelling, embeddings, recipe.seed, device=device)
    train_terms(state.optimiser, trained(stage.all_terms(), state.terms))
    return state
