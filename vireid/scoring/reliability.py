"""How far pseudo-labels agree with true identities, where these are known."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vireid.metrics import adjusted_rand, pair_precision, pair_recall
from vireid.types import NOISE, Int, Labelling, Modality, Truth


@dataclass(frozen=True)
class Reliability:
    """Figures of one labelling, by label space."""

    noise: Mapping[str, float]
    """Share of the images of the space's modalities that belong to no cluster, in [0, 1]."""
    ari: Mapping[str, float] = field(default_factory=dict)
    """Adjusted Rand index of the clustered images, in [-1, 1]."""
    ari_noise_as_singletons: Mapping[str, float] = field(default_factory=dict)
    """The same over all images, each noise image a cluster of its own, in [-1, 1]."""
    coverage: Mapping[str, float] = field(default_factory=dict)
    """Share of the images that the index speaks of, in [0, 1]."""
    pair_precision: float | None = None
    """Share of the matched cluster pairs whose majority identity agrees, in [0, 1]."""
    pair_recall: float | None = None
    """Share of the visible clusters with a right partner, among those that could have one, in
    [0, 1]."""


def reliability(labelling: Labelling, modality: Int, truth: Truth | None = None) -> Reliability:
    """Describe a labelling, and compare it with the truth where that is given.

    Args:
        labelling: label spaces over N images.
        modality: [N] 0 visible, 1 infrared.
        truth: identities of the N images, where known.

    Returns:
        The figures; without truth, the share of noise alone.
    """
    noise: dict[str, float] = {}
    ari: dict[str, float] = {}
    singletons: dict[str, float] = {}
    coverage: dict[str, float] = {}
    for name, space in labelling.spaces.items():
        rows = space.inside(modality)
        labels = space.labels[rows]
        noise[name] = float((labels == NOISE).mean()) if labels.size else 0.0
        if truth is not None and (labels != NOISE).any():
            agreement = adjusted_rand(truth.identities[rows], labels)
            ari[name], coverage[name] = agreement.ari, agreement.coverage
            singletons[name] = agreement.ari_noise_as_singletons
    own = [space for space in map(labelling.own, Modality) if space is not None]
    if truth is None or labelling.matching is None or len(own) < len(Modality):
        return Reliability(noise, ari, singletons, coverage)
    visible, infrared = (modality == side for side in Modality)
    pairs = (
        labelling.matching,
        own[0].labels[visible],
        own[1].labels[infrared],
        truth.identities[visible],
        truth.identities[infrared],
    )
    precision, recall = pair_precision(*pairs), pair_recall(*pairs)
    return Reliability(noise, ari, singletons, coverage, precision, recall)
