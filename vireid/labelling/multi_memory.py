"""Multi-memory matching (MMM): three clusterings, pairs of clusters, trust in each label."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from vireid.errors import ABOVE_ZERO, FROM_ONE, outside
from vireid.labelling.cameras import CameraUse, cameras_of
from vireid.labelling.clustering import BALANCED, CAMERAS, ClusteringConfig, with_nearest
from vireid.labelling.clusterings import MIXED, OWN, clustered
from vireid.labelling.labeller import Matcher, NeighbourSearch, Refiner
from vireid.labelling.needed import needed_for
from vireid.labelling.plan import Plan
from vireid.labelling.tracks import TrackUse, tracks_of
from vireid.types import (
    Embeddings,
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
    cameras: CameraUse = field(default_factory=CameraUse)
    """What is made of the cameras."""
    use_cameras: bool = True
    """Whether the settings of cameras count, cameras as neighbours among them; they are off by
    themselves where no image says its camera."""
    tracks: TrackUse = field(default_factory=TrackUse)
    """What is made of the tracks."""
    use_tracks: bool = True
    """Whether the settings of tracks count; they are off by themselves where no image says its
    track."""
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
    reject: Literal["none", "mutual", "margin", "adaptive"] = "none"
    """Make no pair that is not each other's cheapest (mutual), or not clearly so (margin); adaptive
    is mutual where at least 24% of the clusters of each modality are in no mutual pair, and none
    elsewhere."""
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
        yield from self.cameras.problems("labelling.cameras.")
        yield from self.tracks.problems("labelling.tracks.")
        if self.single.neighbours == BALANCED:
            yield (
                "labelling.single.neighbours is balanced; expected nearest or cameras, as single "
                "clusters one modality"
            )
        if not 0 < self.subset <= 1:
            yield f"labelling.subset is {self.subset}; expected more than 0 and at most 1"
        yield from outside("labelling.", self, FROM_ONE, "memories")
        yield from outside("labelling.", self, ABOVE_ZERO, "temperature")
        if self.max_cost is not None:
            yield from outside("labelling.", self, ABOVE_ZERO, "max_cost")
        for number, refiner in enumerate(self.refiners):
            place = f"labelling.refiners.{number}"
            yield from (one.replace("labelling.refiners", place, 1) for one in refiner.problems())
        if self.matcher is not None:
            yield from self.matcher.problems()

    def needed_for(self, spaces: Collection[str]) -> "MultiMemoryMatching":
        """Return the settings that some label spaces depend on.

        Args:
            spaces: names of label spaces.

        Returns:
            The settings; those of clusterings and of the matching that the spaces have no use for
            have their default.
        """
        return needed_for(self, spaces)

    def idle(self, known: Known) -> Iterator[str]:
        """Say which settings cannot count, as nobody knows what they need.

        Args:
            known: what is known of the images.

        Yields:
            A line for each.
        """
        if self.use_cameras:
            by_camera = any(each.neighbours == CAMERAS for each in (self.single, self.mixed))
            yield from self.cameras.idle(known, neighbours=by_camera)
        if self.use_tracks:
            yield from self.tracks.idle(known)

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
        embeddings = self.seen(embeddings, known)
        wanted = [name for name in OWN if name in spaces or "matched" in spaces]
        wanted += [MIXED] if MIXED in spaces else []
        parts = clustered(embeddings, known, wanted, self.plan(known), generator, search)
        found = {name: space for name, (space, _) in parts.items()}
        for name, (_, rows) in parts.items():
            for refiner in self.refiners:
                found[name] = refiner.refine(found[name], embeddings, known, generator=generator)
            if self.use_tracks:
                found[name] = self.tracks.applied(found[name], embeddings, known, rows)
        if "matched" not in spaces:
            return Labelling(found)
        from vireid.labelling.pairs import matched_labels
        from vireid.labelling.trust import confidence

        visible, infrared = found["visible"], found["infrared"]
        matching = self.match(embeddings, visible, infrared, generator=generator)
        if self.use_tracks:
            matching = self.tracks.kept_apart(matching, visible, infrared, known)
        labels = matched_labels(matching, visible, infrared)
        trust = None
        if not isinstance(spaces, Mapping) or spaces["matched"].confidence:
            trust = confidence(  # the last that draws
                embeddings, labels, temperature=self.temperature, generator=generator,
                against=self.confidence,
            )  # fmt: skip
        found["matched"] = PseudoLabels(labels, trust)
        return Labelling(found, matching, "matched")

    def plan(self, known: Known) -> Plan:
        """Return how images are clustered, as far as what that needs is known.

        Args:
            known: what is known of the images.

        Returns:
            The plan; without cameras, or tracks, where no image says its own.
        """
        single, mixed, first = self.single, self.mixed, self.cameras.first
        if not self.use_cameras or cameras_of(known) is None:
            single, mixed, first = with_nearest(single), with_nearest(mixed), False
        tracks = self.use_tracks and self.tracks.cluster == "tracks"
        tracks = tracks and tracks_of(known) is not None
        return Plan(single, mixed, self.subset, tracks, first)

    def seen(self, embeddings: Embeddings, known: Known) -> Embeddings:
        """Return embeddings as they are clustered and matched.

        Args:
            embeddings: of N images.
            known: what is known of them.

        Returns:
            The embeddings, without what the settings of cameras take off.
        """
        cameras = self.cameras if self.use_cameras else self.cameras.by_modality()
        return cameras.applied(embeddings, known)

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
        if self.matcher is not None:
            return self.matcher.match(embeddings, visible, infrared, generator=generator)
        from vireid.labelling.memory_costs import memory_costs
        from vireid.matching import match_clusters

        cost = memory_costs(
            embeddings, visible, infrared, memories=self.memories, over=self.cost_over,
            generator=generator,
        )  # fmt: skip
        return match_clusters(
            cost, method=self.matching, max_cost=self.max_cost, reject=self.reject
        )
