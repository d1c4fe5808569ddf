"""The training loop: stages -> epochs -> steps. No disk, no evaluation, no identities."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from time import perf_counter

import torch
from torch import Tensor

from vireid import seeds
from vireid.config import Recipe, StageConfig, TermConfig
from vireid.labelling import label_spaces
from vireid.models import CrossModalNetwork, Output, Passes
from vireid.models.extract import KeptMaps, extract
from vireid.training.batches import RawBatch, TrainingImages, index_batches, load_batch, read_ahead
from vireid.training.compute import new_pooling
from vireid.training.guard import gradient_size, is_finite, statistics
from vireid.training.objective import batch_loss, update_memories
from vireid.training.optimiser import set_learning_rate
from vireid.training.renewal import Labeller, renew
from vireid.training.reports import EpochReport, StepReport, epoch_report, step_report
from vireid.training.schedule import is_active, learning_rate
from vireid.training.state import TrainingState, first_state
from vireid.types import Embeddings


@dataclass(frozen=True)
class Workers:
    """Who passes images through the network: this process alone, or several together."""

    forward: Callable[[Tensor, Tensor], Output] | None = None
    """Called with a batch's normalised pixels and modalities; the network where not given, in the
    recipe's parts and precision."""
    embed: Callable[..., Embeddings] = extract
    """Called like ``extract``."""


def fit(
    network: CrossModalNetwork,
    images: TrainingImages,
    recipe: Recipe,
    *,
    observe: Callable[[EpochReport], None],
    save: Callable[[TrainingState], None],
    label: Labeller = label_spaces,
    begin: TrainingState | None = None,
    stop: Callable[[], bool] = lambda: False,
    workers: Workers = Workers(),
    watch_step: Callable[[StepReport], None] | None = None,
    watch_labels: Callable[[TrainingState], None] | None = None,
) -> bool:
    """Train the network through all stages of the recipe.

    Args:
        network: changed in place, on the device where training happens.
        images: N training images.
        recipe: the stages and all settings.
        observe: called with a report after every epoch.
        save: called with the state after every epoch, and when the training stops early.
        label: from embeddings to label spaces; called like ``labelling.label_spaces``.
        begin: where to go on, the state of this network; at the first step where not given.
        stop: asked before every step whether to stop.
        workers: who passes images through the network.
        watch_step: called with a report at the start of every epoch, before its images are
            labelled, and after every step.
        watch_labels: called with the state when new labels are taken, whose network made them.

    Returns:
        True once all stages are through, False if it stopped early.

    Raises:
        DegenerateClusters: clustering left too few labels to draw batches from.
        VireidError: the loss is no longer a finite number.
    """
    state = first_state(network, recipe) if begin is None else begin
    kept = KeptMaps() if network.is_frozen_below else None
    forward = workers.forward or Passes(network, new_pooling(network, recipe.compute))
    while state.stage < len(recipe.stages):
        stage = recipe.stages[state.stage]
        if watch_step:
            watch_step(step_report(state, stage, {}))
        fresh = renew(state, images, recipe, stage, label, partial(workers.embed, kept=kept))
        if fresh and watch_labels:
            watch_labels(state)
        if not train_epoch(state, images, recipe, stage, stop, forward, watch_step):
            save(state)
            return False
        observe(epoch_report(state, stage))
        state.end_epoch(recipe)
        save(state)
    return True


def train_epoch(
    state: TrainingState,
    images: TrainingImages,
    recipe: Recipe,
    stage: StageConfig,
    stop: Callable[[], bool],
    forward: Callable[[Tensor, Tensor], Output],
    watch_step: Callable[[StepReport], None] | None = None,
) -> bool:
    """Take the steps of an epoch that are not taken yet.

    Args:
        state: changed at every step.
        images: N training images.
        recipe: all settings.
        stage: terms and schedule.
        stop: asked before every step whether to stop.
        forward: from pixels and modalities to the network's output.
        watch_step: called with a report after every step.

    Returns:
        True once the epoch is through, False if it stopped early.
    """
    start = perf_counter()
    state.network.train()
    terms = [term for term in stage.terms if is_active(term, stage, state.epoch)]
    draws = seeds.generator(recipe.seed, "sampling", stage.name, state.epoch)
    batches = index_batches(stage, state.labelling, images.modality, recipe, draws)
    pin = state.network.mean.is_cuda
    for batch in read_ahead(images, islice(batches, state.step, None), pin=pin):
        if stop():
            break
        set_learning_rate(state.optimiser, learning_rate(stage, state.epoch, state.step))
        losses = train_step(state, recipe, stage, terms, batch, forward)
        if watch_step:
            watch_step(step_report(state, stage, losses))
    state.seconds.setdefault("labelling", 0.0)
    state.seconds["steps"] += perf_counter() - start
    return state.step == stage.iterations


def train_step(
    state: TrainingState,
    recipe: Recipe,
    stage: StageConfig,
    terms: Sequence[TermConfig],
    batch: RawBatch,
    forward: Callable[[Tensor, Tensor], Output],
) -> dict[str, float]:
    """Take one step: batch, loss, gradient, weights, memories.

    Args:
        state: its network, optimiser, memories, sums and position change.
        recipe: all settings.
        stage: its name.
        terms: the loss terms that are on.
        batch: its images.
        forward: from pixels and modalities to the network's output.

    Returns:
        Each term, and their weighted sum as ``total``.

    Raises:
        VireidError: loss or gradient are no finite numbers, more often than the guard allows.
    """
    network, names = state.network, (stage.name, state.epoch, state.step)
    device = next(network.parameters()).device
    pixels, rows = load_batch(batch, recipe, *names, device=device)
    before = statistics(network, recipe)
    output = forward(network.normalise(pixels), rows.modality)
    loss, parts = batch_loss(terms, output, rows, state.targets, recipe)
    state.optimiser.zero_grad(set_to_none=True)
    state.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
    found = {**parts, "total": loss.detach()}
    *numbers, gradient = torch.stack([*found.values(), gradient_size(state)]).tolist()
    values = dict(zip(found, numbers, strict=True))
    state.step += 1
    if not is_finite(state, values["total"], gradient, stage, recipe):
        for buffer, value in zip(network.buffers(), before, strict=True):
            buffer.copy_(value)
        return values
    state.scaler.step(state.optimiser)
    state.scaler.update()
    update_memories(state.targets, output, rows)
    for name, value in values.items():
        state.losses[name] += value
    state.images += len(rows.indices)
    return values
