"""The training loop: stages -> epochs -> iterations. No disk, no evaluation, no identities."""

from collections.abc import Generator, Iterator
from contextlib import closing
from functools import partial
from time import perf_counter

from vireid.config import Recipe
from vireid.labelling import Labeller
from vireid.models import CrossModalNetwork, Passes
from vireid.models.passing import BATCH, KeptMaps, Passing
from vireid.training.batches import TrainingImages
from vireid.training.compute import new_pooling, prepare
from vireid.training.events import EpochBegun, EpochEnded, Event, Labelled, Stepped
from vireid.training.optimiser import set_learning_rate
from vireid.training.prepared import Reader, read_iterations
from vireid.training.renewal import Sources, renew
from vireid.training.reports import epoch_report, step_report
from vireid.training.schedule import learning_rate
from vireid.training.state import TrainingState, first_state
from vireid.training.step import Stepping
from vireid.training.workers import Workers
from vireid.types import Embeddings


def fit(
    network: CrossModalNetwork,
    images: TrainingImages,
    recipe: Recipe,
    *,
    labeller: Labeller | None = None,
    begin: TrainingState | None = None,
    workers: Workers | None = None,
) -> Generator[Event, None, None]:
    """Train the network through all stages of the recipe, one event at a time.

    Nothing happens but what the caller asks for by going on: whoever stops to iterate stops the
    training, and may save the event's state to go on from there.

    Args:
        network: changed in place, on the device where training happens.
        images: N training images.
        recipe: the stages and all settings.
        labeller: from embeddings to label spaces; the recipe's where not given.
        begin: where to go on, the state of this network; at the first step where not given.
        workers: who passes images through the network, and who searches neighbours; this process
            alone where not given.

    Yields:
        ``EpochBegun``, ``Labelled`` where labels or centres are new, ``Stepped`` for each
        iteration, and ``EpochEnded``; for each epoch that is not through yet.

    Raises:
        DegenerateClusters: clustering left too few labels to draw batches from.
        VireidError: the loss is no longer a finite number.
    """
    prepare(network, recipe.compute)
    workers = workers or Workers()
    state = first_state(network, recipe) if begin is None else begin
    how = Passing(
        recipe.compute.embedding_batch or BATCH,
        recipe.compute.embedding,
        KeptMaps() if network.is_frozen_below else None,
        images.resident,
    )
    embed = partial(workers.embed, how=how)
    sources = Sources(images, labeller or recipe.labelling, embed, workers.search, workers.once)
    forward = workers.forward or Passes(network, new_pooling(network, recipe.compute))
    while state.stage < len(recipe.stages):
        stage = recipe.stages[state.stage]
        yield EpochBegun(state, step_report(state, stage, {}))
        if state.labels_are_due(stage) or state.centres_are_due(stage):
            yield _labelled(state, renew(state, recipe, stage, sources))
        yield from _epoch(Stepping(state, recipe, stage, forward, workers.agree), images)
        report = epoch_report(state, stage)
        state.end_epoch(recipe)
        yield EpochEnded(state, report, partial(_embedded, state, recipe, sources))


def _labelled(state: TrainingState, fresh: Embeddings | None) -> Labelled:
    return Labelled(state, fresh is not None, fresh)


def _embedded(state: TrainingState, recipe: Recipe, sources: Sources) -> Embeddings:
    """Embed the training images by the network that a stage leaves."""
    images = sources.images
    return sources.embed(state.evaluated_network(recipe), images.pixels, images.modality)


def _epoch(stepping: Stepping, images: TrainingImages) -> Iterator[Stepped]:
    """Take the iterations of an epoch that are not taken yet."""
    state, stage = stepping.state, stepping.stage
    state.network.train()
    state.seconds.setdefault("labelling", 0.0)
    pin = state.network.mean.is_cuda
    reader = Reader(images, stepping.recipe, stepping.forward, pin=pin)
    start = perf_counter()
    with closing(read_iterations(state, reader, stage)) as iterations:
        for prepared in iterations:
            set_learning_rate(state.optimiser, learning_rate(stage, state.epoch, state.step))
            losses = stepping.iterate(prepared)
            state.seconds["steps"] += perf_counter() - start
            yield Stepped(state, step_report(state, stage, losses))
            start = perf_counter()
