"""The training loop: stages -> epochs -> steps. No disk, no evaluation, no identities."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter

import torch

from vireid import seeds
from vireid.config import Recipe, StageConfig
from vireid.errors import VireidError
from vireid.extract import extract
from vireid.labelling import Labelling, label_spaces
from vireid.models import CrossModalNetwork
from vireid.training.batches import TrainingImages, index_batches, load_batch
from vireid.training.objective import Target, batch_loss, make_targets, update_memories
from vireid.training.schedule import is_active, learning_rate

Labeller = Callable[..., Labelling]
"""Called like labelling.label_spaces."""


@dataclass(frozen=True)
class EpochReport:
    """What one epoch did, for whoever watches."""

    stage: str
    epoch: int
    """Epoch of the stage, from 1."""
    epochs: int
    """Epochs of the stage."""
    learning_rate: float
    losses: Mapping[str, float]
    """Mean of each term over the epoch's steps, and of their weighted sum as ``total``."""
    labelling: Labelling
    """The labels that the epoch trained on."""
    images: int
    """Images that went through the network in training steps."""
    seconds: Mapping[str, float]
    """Seconds spent in ``labelling`` (embedding included) and in ``steps``."""


def fit(
    network: CrossModalNetwork,
    images: TrainingImages,
    recipe: Recipe,
    *,
    observe: Callable[[EpochReport], None],
    save: Callable[[str, CrossModalNetwork], None],
    label: Labeller = label_spaces,
) -> None:
    """Train the network through all stages of the recipe.

    Args:
        network: changed in place, on the device where training happens.
        images: N training images.
        recipe: the stages and all settings.
        observe: called with a report after every epoch.
        save: called with the name of the stage and the network after every stage.
        label: from embeddings to label spaces; called like ``labelling.label_spaces``.

    Raises:
        DegenerateClusters: clustering left too few labels to draw batches from.
        VireidError: the loss is no longer a finite number.
    """
    for stage in recipe.stages:
        parameters = [p for p in network.parameters() if p.requires_grad]
        optimiser = torch.optim.Adam(parameters, weight_decay=recipe.weight_decay)
        for epoch in range(stage.epochs):
            start = perf_counter()
            if epoch == 0 or (stage.relabel_every and epoch % stage.relabel_every == 0):
                labelling, targets = relabel(network, images, recipe, stage, epoch, label)
            labelled = perf_counter()
            losses, count = train_epoch(
                network, images, recipe, stage, epoch, labelling, targets, optimiser
            )
            seconds = {"labelling": labelled - start, "steps": perf_counter() - labelled}
            rate = learning_rate(stage, epoch, stage.iterations - 1)
            observe(
                EpochReport(
                    stage.name, epoch + 1, stage.epochs, rate, losses, labelling, count, seconds
                )
            )
        save(stage.name, network)


def relabel(
    network: CrossModalNetwork,
    images: TrainingImages,
    recipe: Recipe,
    stage: StageConfig,
    epoch: int,
    label: Labeller,
) -> tuple[Labelling, dict[str, Target]]:
    """Embed every training image once and label it anew.

    Args:
        network: embeds the images.
        images: N training images.
        recipe: labelling settings and seed.
        stage: which label spaces are wanted.
        epoch: epoch of the stage, from 0.
        label: from embeddings to label spaces.

    Returns:
        The labels, and what the loss needs of them.
    """
    prototypes = frozenset(term.labels for term in stage.terms if term.loss == "intra")
    embeddings = extract(network, images.pixels, images.modality, with_features=bool(prototypes))
    labelling = label(
        embeddings,
        stage.spaces(),
        recipe.labelling,
        temperature=recipe.temperature,
        generator=seeds.generator(recipe.seed, "labelling", stage.name, epoch),
    )
    device = next(network.parameters()).device
    used: set[str] = {term.labels for term in stage.terms}
    spaces = {name: space for name, space in labelling.spaces.items() if name in used}
    targets = make_targets(spaces, embeddings, recipe, prototypes_for=prototypes, device=device)
    return labelling, targets


def train_epoch(
    network: CrossModalNetwork,
    images: TrainingImages,
    recipe: Recipe,
    stage: StageConfig,
    epoch: int,
    labelling: Labelling,
    targets: Mapping[str, Target],
    optimiser: torch.optim.Optimizer,
) -> tuple[dict[str, float], int]:
    """Take the steps of one epoch.

    Args:
        network: changed in place.
        images: N training images.
        recipe: all settings.
        stage: terms and schedule.
        epoch: epoch of the stage, from 0.
        labelling: the labels that batches are drawn from.
        targets: the labels as the loss needs them; their memories change.
        optimiser: of the network.

    Returns:
        The mean of each term, and the images that went through.
    """
    network.train()
    device = next(network.parameters()).device
    terms = [term for term in stage.terms if is_active(term, stage, epoch)]
    draws = seeds.generator(recipe.seed, "sampling", stage.name, epoch)
    sums: dict[str, float] = defaultdict(float)
    count = 0
    batches = index_batches(stage, labelling, images.modality, recipe, draws)
    for step, (visible, infrared) in enumerate(batches):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(stage, epoch, step)
        names = (stage.name, epoch, step)
        pixels, rows = load_batch(images, visible, infrared, recipe, *names, device=device)
        output = network(network.normalise(pixels), rows.modality)
        loss, parts = batch_loss(terms, output, rows, targets, recipe)
        if not torch.isfinite(loss):
            raise VireidError(
                f"the loss is {loss.item()} in stage {stage.name}, epoch {epoch + 1}, step "
                f"{step + 1}; expected a finite number: lower learning_rate"
            )
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        update_memories(targets, output, rows)
        for name, value in {**parts, "total": loss.detach()}.items():
            sums[name] += value.item() / stage.iterations
        count += len(rows.indices)
    return dict(sums), count
