"""Multi-memory matching (MMM): three clusterings, pairs of clusters, trust in each label."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from vireid.errors import ABOVE_ZERO, FROM_ONE, outside
from vireid.labelling.clustering import BALANCED, ClusteringConfig
from vireid.labelling.clusterings import MIXED, OWN, cluster_spaces
from vireid.labelling.labeller import Matcher, NeighbourSearch, Refiner
from vireid.labelling.shares import kept_apart
from vireid.types import (
    NOISE,
    Embeddings,
    Float,
    Int,
    Known,
    Labelling,
    LabelSpace,
    Matching,
    PseudoLabels,
)

OFFERED = {name: LabelSpace(side) for name, side in OWN.items()} | {
    MIXED: LabelSpace(),
    "matched": LabelSpace(confidence=True, matched=True),
}
"""All label spaces."""


@dataclass(frozen=True)
class MultiMemoryMatching:
    """How embeddings become pseudo-labels: clustering, matching, trust."""

    single: ClusteringConfig = field(default_factory=ClusteringConfig)
    """Clustering of each modality by itself."""
    mixed: ClusteringConfig = field(default_factory=lambda: ClusteringConfig(k1=40, k2=32))
    """Clustering of both modalities together, with modality-aware query expansion."""
    subset: float = 1.0
    """Share of the visible images, in (0, 1], drawn anew at each labelling, that visible and
    matched are over; mixed is over the others and all infrared images. All of them at 1, and in
    stages that have no use for mixed."""
    refiners: tuple[Refiner, ...] = ()
    """What improves the labels of each clustering before the matching, one after the other."""
    matcher: Matcher | None = None
    """Another way to match clusters, a class_path; memories, cost_over, matching, max_cost and
    reject are then not used."""
    memories: int = 4
    """Memories (sub-cluster centres) for each cluster, n of the paper (at least 1)."""
    cost_over: Literal["both", "visible", "infrared"] = "both"
    """Memories that each look for their nearest in the cost of a pair: visible (the paper),
    infrared (the released code), or the mean of both costs."""
    matching: Literal["hungarian", "progressive", "nearest"] = "progressive"
    """hungarian: one to one; progressive: again for the leftovers; nearest: many to one."""
    max_cost: float | None = None
    """Leave a cluster unmatched whose partner costs more than this (more than 0); never where not
    given."""
    reject: Literal["none", "mutual", "margin"] = "none"
    """Make no pair that is not each other's cheapest (mutual), or not clearly so (margin)."""
    confidence: Literal["label", "partner"] = "label"
    """Trust a matched label by the loss against its memories (label), or against those of the
    other modality alone, which alone can tell a wrong pair (partner)."""
    temperature: float = 0.05
    """Temperature of the ClusterNCE loss behind that trust (more than 0)."""

    def spaces(self) -> Mapping[str, LabelSpace]:
        """Return the label spaces that can be asked for: visible, infrared, mixed and matched."""
        return OFFERED

    def problems(self) -> Iterator[str]:
        """Yield a message for each value that cannot be."""
        yield from self.single.problems("labelling.single.")
        yield from self.mixed.problems("labelling.mixed.")
        if self.single.neighbours == BALANCED:
            yield (
                "labelling.single.neighbours is balanced; expected nearest, as single clusters one "
                "modality"
            )
        if not 0 < self.subset <= 1:
            yield f"labelling.subset is {self.subset}; expected more than 0 and at most 1"
        yield from outside("labelling.", self, FROM_ONE, "memories")
        yield from outside("labelling.", self, ABOVE_ZERO, "temperature")
        if self.max_cost is not None:
            yield from outside("labelling.", self, ABOVE_ZERO, "max_cost")
        for refiner in self.refiners:
            yield from refiner.problems()
        if self.matcher is not None:
            yield from self.matcher.problems()

    def needed_for(self, spaces: Sequence[str]) -> "MultiMemoryMatching":
        """Return the settings that some label spaces depend on.

        Args:
            spaces: names of label spaces.

        Returns:
            The settings; those of clusterings and of the matching that the spaces have no use for
            have their default.
        """
        plain, found = MultiMemoryMatching(), self
        if "mixed" not in spaces:
            found = replace(found, mixed=plain.mixed)
        if set(spaces) == {"mixed"}:
            found = replace(found, single=plain.single)
        if "matched" not in spaces:
            names = ("single", "mixed", "subset", "refiners")
            found = MultiMemoryMatching(**{name: getattr(found, name) for name in names})
        if "mixed" not in spaces:
            found = replace(found, subset=plain.subset)
        return found

    def label(
        self,
        embeddings: Embeddings,
        known: Known,
        spaces: Collection[str],
        *,
        generator: np.random.Generator,
        search: NeighbourSearch,
    ) -> Labelling:
        """Cluster, match and weigh: everything a stage wants to know of its training images.

        Args:
            embeddings: of N training images.
            known: what is known of them.
            spaces: the label spaces wanted; trust is left out where a mapping says of ``matched``
                that nobody looks at it.
            generator: source of all randomness (the visible images of a subset, k-means of the
                memories, mixtures).
            search: finds neighbours; only balanced ones are looked for across modalities.

        Returns:
            One PseudoLabels over all N images for each space; images of the other modality are
            noise in ``visible`` and ``infrared``. Labels of ``matched`` carry confidences, ones
            where these are left out. With a subset, visible images that a space is not over are
            noise in it.
        """
        from vireid.labelling.pairs import matched_labels

        found = self._clustered(embeddings, spaces, generator, search)
        for name in found:
            for refiner in self.refiners:
                found[name] = refiner.refine(found[name], embeddings, known, generator=generator)
        if "matched" not in spaces:
            return Labelling(found)
        matching = self.match(embeddings, found["visible"], found["infrared"], generator=generator)
        labels = matched_labels(matching, found["visible"], found["infrared"])
        trust = None
        if not isinstance(spaces, Mapping) or spaces["matched"].confidence:
            trust = self._trust(embeddings, labels, generator)  # the last that draws
        found["matched"] = PseudoLabels(labels, trust)
        return Labelling(found, matching, "matched")

    def _clustered(
        self,
        embeddings: Embeddings,
        spaces: Collection[str],
        generator: np.random.Generator,
        search: NeighbourSearch,
    ) -> dict[str, PseudoLabels]:
        """Cluster the images in the label spaces wanted, those that a matching needs included."""
        wanted = [name for name in OWN if name in spaces or "matched" in spaces]
        wanted += [MIXED] if MIXED in spaces else []
        found, vectors, modality = {}, embeddings.vectors, embeddings.modality
        for rows, names in kept_apart(modality, wanted, self.subset, generator):
            some = (vectors, modality)  # those that other processes have
            if len(rows) < len(embeddings):
                some = (vectors[rows], modality[rows])
            parts = cluster_spaces(*some, names, (self.single, self.mixed), search)
            for name, part in parts.items():
                labels = np.full(len(embeddings), NOISE, dtype=np.int64)
                labels[rows] = part
                found[name] = PseudoLabels(labels, modality=OWN.get(name))
        return {name: found[name] for name in wanted}

    def match(
        self,
        embeddings: Embeddings,
        visible: PseudoLabels,
        infrared: PseudoLabels,
        *,
        generator: np.random.Generator,
    ) -> Matching:
        """Match visible to infrared clusters over their memories, or by the matcher given.

        Args:
            embeddings: N images.
            visible: clusters of the visible images, noise elsewhere.
            infrared: clusters of the infrared images, noise elsewhere.
            generator: source of the k-means starts.

        Returns:
            The partner of each visible cluster.
        """
        from vireid.matching import match_clusters, memory_cost, sub_memories

        if self.matcher is not None:
            return self.matcher.match(embeddings, visible, infrared, generator=generator)
        memories = [
            sub_memories(
                embeddings.vectors,
                side.labels,
                self.memories,
                generator=generator,
                resident=embeddings.resident,
            )
            for side in (visible, infrared)
        ]
        (visible_rows, visible_mask), (infrared_rows, infrared_mask) = memories
        cost = memory_cost(
            visible_rows,
            infrared_rows,
            visible_mask=visible_mask,
            infrared_mask=infrared_mask,
            over=self.cost_over,
            device=None if embeddings.resident is None else embeddings.resident.device,
        )
        return match_clusters(
            cost, method=self.matching, max_cost=self.max_cost, reject=self.reject
        )

    def _trust(self, embeddings: Embeddings, labels: Int, generator: np.random.Generator) -> Float:
        """Return how far to trust each label that the modalities share."""
        from vireid.labelling.trust import confidence

        return confidence(
            embeddings,
            labels,
            temperature=self.temperature,
            generator=generator,
            against=self.confidence,
        )
