"""What is renewed between epochs: labels, memories and centres, at times the weights."""

from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

from torch import Tensor

from vireid import seeds
from vireid.cluster import Held, Search
from vireid.config import Recipe, StageConfig
from vireid.labelling import Labeller, NeighbourSearch
from vireid.terms import Kept
from vireid.training.batches import TrainingImages
from vireid.training.guard import Verdict, judged
from vireid.training.keeping import (
    begin_terms,
    needs_pooled,
    renewed,
    terms_on_device,
    trained,
)
from vireid.training.nearest import nearest_images
from vireid.training.optimiser import train_terms
from vireid.training.signals import Signals, clarity, signals
from vireid.training.state import UNLABELLED, TrainingState
from vireid.training.workers import Embed, Once, SearchRows
from vireid.types import Embeddings, Labelling


@dataclass(frozen=True)
class Sources:
    """What labels are made with."""

    images: TrainingImages
    """N training images."""
    labeller: Labeller
    """From embeddings to label spaces."""
    embed: Embed
    """From network and images to embeddings."""
    search: SearchRows
    """Finds neighbours."""
    once: Once
    """Lets one process label for all."""


def renew(state: TrainingState, recipe: Recipe, stage: StageConfig, sources: Sources) -> bool:
    """Renew what is due before an epoch's first step.

    Args:
        state: its network embeds the images; its labels and what the terms keep are replaced, and
            its weights where a stage begins again from the initial ones.
        recipe: guard and seed.
        stage: which label spaces are wanted, and how often.
        sources: images, labeller and who embeds.

    Returns:
        True if the labels are new, and those of the network as it is now.
    """
    start = perf_counter()
    images, features = sources.images, needs_pooled(stage.all_terms().values())

    def embedded() -> Embeddings:
        network = state.labelling_network(recipe)
        return sources.embed(network, images.pixels, images.modality, with_features=features)

    fresh = False
    if state.labels_are_due(stage):
        begins = state.labelled == UNLABELLED
        embeddings = embedded()
        if _relabel(state, recipe, stage, sources, embeddings):
            again = begins and state.begin_again(recipe)
            _begin(state, recipe, stage, sources, embedded() if again else embeddings)
            fresh = not again
    elif state.centres_are_due(stage):
        _recentre(state, stage, sources, embedded())
    else:
        return False
    state.seconds["labelling"] += perf_counter() - start
    return fresh


def _recentre(
    state: TrainingState, stage: StageConfig, sources: Sources, embeddings: Embeddings
) -> None:
    """Let centres follow the embeddings, computed by one process for all."""

    def follow(_: NeighbourSearch) -> dict[str, dict[str, Tensor]]:
        return renewed(state.terms, stage, state.labelling, embeddings)

    found = sources.once(follow, sources.search, embeddings)
    for name, tensors in found.items():
        for key, value in tensors.items():
            state.terms[name][key] = value.to(state.network.mean.device)


@dataclass(frozen=True)
class _Labelled:
    """What one process finds out for all, once the images are embedded."""

    labelling: Labelling
    verdict: Verdict
    signals: Signals
    clarity: float


def _relabel(
    state: TrainingState,
    recipe: Recipe,
    stage: StageConfig,
    sources: Sources,
    embeddings: Embeddings,
) -> bool:
    """Label every training image anew; tell whether the labels were taken."""

    def label(search: NeighbourSearch) -> _Labelled:
        labelling = sources.labeller.label(
            embeddings,
            sources.images.known(),
            stage.asked(sources.labeller.spaces()),
            generator=seeds.generator(recipe.seed, "labelling", stage.name, state.epoch),
            search=search,
        )
        verdict = judged(state, embeddings, labelling, stage, recipe)
        if verdict.keeps:
            return _Labelled(state.labelling, verdict, state.signals, state.clarity)
        found = signals(labelling, embeddings, state.last_labels)
        clear = clarity(labelling, found, embeddings.modality)
        return _Labelled(labelling, verdict, found, clear)

    search = partial(sources.search, search=_where(embeddings))
    found = sources.once(label, search, embeddings)
    state.labelled = state.epoch
    state.troubles, state.kept = list(found.verdict.troubles), found.verdict.kept
    if found.verdict.keeps:
        return False
    labelling = found.labelling
    state.labelling, state.signals, state.clarity = labelling, found.signals, found.clarity
    state.last_labels |= {name: space.labels for name, space in labelling.spaces.items()}
    return True


def _begin(
    state: TrainingState,
    recipe: Recipe,
    stage: StageConfig,
    sources: Sources,
    embeddings: Embeddings,
) -> None:
    """Let the terms of a stage begin with new labels."""
    embeddings = _with_teacher(embeddings, state, recipe, stage, sources)
    search = partial(sources.search, search=_where(embeddings))

    def begin(search: NeighbourSearch) -> dict[str, Kept]:
        k = max((term.needs_neighbours for term in stage.all_terms().values()), default=0)
        near = nearest_images(embeddings, k, search) if k else None
        told = replace(state.labelling, nearest=near)
        return begin_terms(stage, told, embeddings, recipe.seed, epoch=state.epoch)

    terms = sources.once(begin, search, embeddings)
    state.terms = terms_on_device(stage.all_terms(), terms, state.network.mean.device)
    train_terms(state.optimiser, trained(stage.all_terms(), state.terms))


def _with_teacher(
    embeddings: Embeddings,
    state: TrainingState,
    recipe: Recipe,
    stage: StageConfig,
    sources: Sources,
) -> Embeddings:
    """Return the embeddings with those of the teacher, where a term asks for these."""
    wanted = any(term.needs_teacher for term in stage.all_terms().values())
    if not wanted or state.teacher is None:
        return embeddings
    if state.labelling_network(recipe) is state.teacher:
        return replace(embeddings, teacher=embeddings.vectors)
    images = sources.images
    found = sources.embed(state.teacher, images.pixels, images.modality)
    return replace(embeddings, teacher=found.vectors)


def _where(embeddings: Embeddings) -> Search:
    """Search where the embeddings were made, and lie."""
    there = embeddings.resident
    if there is None:
        return Search()
    return Search(device=str(there.device), held=Held(embeddings.vectors, there))
