"""What is renewed between epochs: labels, memories and centres, at times the weights."""

from collections.abc import Callable
from time import perf_counter

from vireid import seeds
from vireid.config import Recipe, StageConfig
from vireid.labelling import Labelling
from vireid.training.batches import TrainingImages
from vireid.training.guard import keeps_labels
from vireid.training.optimiser import train_classifiers
from vireid.training.signals import clarity, signals
from vireid.training.state import UNLABELLED, TrainingState
from vireid.training.targets import make_targets, with_prototypes
from vireid.types import Embeddings

Labeller = Callable[..., Labelling]
"""Called like labelling.label_spaces."""


def renew(
    state: TrainingState,
    images: TrainingImages,
    recipe: Recipe,
    stage: StageConfig,
    label: Labeller,
    embed: Callable[..., Embeddings],
) -> bool:
    """Renew what is due before an epoch's first step.

    Args:
        state: its network embeds the images; its labels and targets are replaced, and its weights
            where a stage begins again from the initial ones.
        images: N training images.
        recipe: labelling settings and seed.
        stage: which label spaces are wanted, and how often.
        label: from embeddings to label spaces.
        embed: from network and images to embeddings.

    Returns:
        True if the labels are new, and those of the network as it is now.
    """
    start = perf_counter()
    features = any(term.loss == "intra" and term.features == "pooled" for term in stage.terms)

    def embedded() -> Embeddings:
        return embed(state.network, images.pixels, images.modality, with_features=features)

    fresh = False
    if state.labels_are_due(stage):
        fresh = _relabel(state, recipe, stage, label, embedded)
    elif state.centres_are_due(stage):
        spaces = state.labelling.spaces
        state.targets = with_prototypes(state.targets, spaces, embedded(), stage)
    else:
        return False
    state.seconds["labelling"] += perf_counter() - start
    return fresh


def _relabel(
    state: TrainingState,
    recipe: Recipe,
    stage: StageConfig,
    label: Labeller,
    embedded: Callable[[], Embeddings],
) -> bool:
    """Embed every training image once, label it anew and make targets of the labels.

    Tell whether the labels were taken, and are those of the network as it is then.
    """
    embeddings = embedded()
    labelling = label(
        embeddings,
        stage.spaces(),
        recipe.labelling,
        temperature=recipe.temperature,
        generator=seeds.generator(recipe.seed, "labelling", stage.name, state.epoch),
    )
    begins = state.labelled == UNLABELLED
    state.labelled = state.epoch
    if keeps_labels(state, embeddings, labelling, stage, recipe):
        return False
    state.labelling = labelling
    state.signals = signals(labelling, embeddings, state.last_labels)
    state.clarity = clarity(labelling, state.signals, embeddings.modality)
    state.last_labels |= {name: space.labels for name, space in labelling.spaces.items()}
    again = begins and state.begin_again(recipe)
    if again:
        embeddings = embedded()
    device = next(state.network.parameters()).device
    state.targets = make_targets(labelling.spaces, embeddings, stage, recipe, device=device)
    if begins:
        train_classifiers(state.optimiser, state.targets.values())
    return not again
