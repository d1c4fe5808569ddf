"""One iteration: batches, losses, gradients, weights, memories."""

from collections.abc import Sequence

import torch

from vireid.config import Recipe, StageConfig, StepConfig
from vireid.training.batches import RawBatch, load_batch
from vireid.training.guard import gradient_size, is_finite, statistics
from vireid.training.objective import batch_loss, plan_batch, update_terms
from vireid.training.schedule import is_active
from vireid.training.state import TrainingState
from vireid.training.teacher import update_teacher
from vireid.training.workers import Forward


def train_iteration(
    state: TrainingState,
    recipe: Recipe,
    stage: StageConfig,
    batches: Sequence[RawBatch],
    forward: Forward,
) -> dict[str, float]:
    """Take the steps of one iteration.

    Where a step is skipped, the iteration ends with it and leaves no losses.

    Args:
        state: its network, optimiser, memories, sums and position change.
        recipe: all settings.
        stage: its steps.
        batches: the images of each step.
        forward: from pixels and modalities to the network's output.

    Returns:
        Each term, and the weighted sum of all as ``total``.

    Raises:
        VireidError: loss or gradient are no finite numbers, more often than the guard allows.
    """
    found: dict[str, float] = {}
    skipped, images = state.skipped, 0
    place = (stage.name, state.epoch, state.step)
    state.step += 1
    for number, (step, batch) in enumerate(zip(stage.steps(), batches, strict=True)):
        names = (*place, number) if number else place
        values = _train_step(state, recipe, stage, step, batch, names, forward)
        total = found.get("total", 0.0) + values["total"]
        found |= values | {"total": total}
        images += 2 * len(batch.visible) + len(batch.infrared)
        if state.skipped > skipped:
            return found
    for name, value in found.items():
        state.losses[name] += value
    state.images += images
    return found


def _train_step(
    state: TrainingState,
    recipe: Recipe,
    stage: StageConfig,
    step: StepConfig,
    batch: RawBatch,
    names: tuple[str | int, ...],
    forward: Forward,
) -> dict[str, float]:
    """Take one step, or skip it; return its terms and their sum."""
    network, device = state.network, state.network.mean.device
    pixels, rows, modality = load_batch(batch, recipe, *names, device=device)
    active = {n: term for n, term in step.terms.items() if is_active(term, stage, state.epoch)}
    before = statistics(network, recipe)
    output = forward(network.normalise(pixels), modality)
    plans = plan_batch(step.terms, state.terms, state.labelling, rows, device)
    loss, parts = batch_loss(active, state.terms, output, plans)
    state.optimiser.zero_grad(set_to_none=True)
    state.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
    found = {**parts, "total": loss.detach()}
    *numbers, gradient = torch.stack([*found.values(), gradient_size(state)]).tolist()
    values = dict(zip(found, numbers, strict=True))
    if not is_finite(state, values["total"], gradient, stage, recipe):
        for buffer, value in zip(network.buffers(), before, strict=True):
            buffer.copy_(value)
        return values
    state.scaler.step(state.optimiser)
    state.scaler.update()
    update_terms(step.terms, state.terms, output, plans)
    if state.teacher is not None and recipe.teacher is not None:
        update_teacher(state.teacher, network, recipe.teacher.momentum)
    return values
