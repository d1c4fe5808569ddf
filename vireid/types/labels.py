"""Labels that a training gives itself: clusters, and which of them show the same person."""

from dataclasses import dataclass, field

import numpy as np

from vireid.errors import DataError
from vireid.types.arrays import NOISE, Bool, Float, Int, Modality, vector


@dataclass(frozen=True, repr=False)
class PseudoLabels:
    """One label space over N images: a cluster for each image, and how far to trust it."""

    labels: Int
    """[N] cluster numbers 0..C-1, -1 for noise and for images outside this label space."""
    confidence: Float | None = None
    """[N] trust in each label in [0, 1]; ones where not given."""
    modality: Modality | None = None
    """The modality that the label space is over, images of the other one being noise; both
    modalities where None."""
    clusters: int = field(init=False)
    """C, the number of clusters."""

    def __post_init__(self) -> None:
        """Freeze the arrays and count the clusters, which must be numbered without gaps."""
        labels = vector("labels", self.labels)
        found = np.unique(labels[labels != NOISE])
        if found.size and (found[0] != 0 or found[-1] != found.size - 1):
            raise DataError("labels skip numbers; expected clusters 0..C-1 and -1 for noise")
        given = np.ones(len(labels)) if self.confidence is None else self.confidence
        confidence = np.array(given, dtype=np.float32)
        if confidence.shape != labels.shape or not np.all((confidence >= 0) & (confidence <= 1)):
            raise DataError(f"confidence must have shape {labels.shape} and lie in [0, 1]")
        confidence.setflags(write=False)
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "confidence", confidence)
        object.__setattr__(self, "clusters", int(found.size))

    def inside(self, modality: Int) -> Bool:
        """Tell which images the label space is over.

        Args:
            modality: [N] 0 visible, 1 infrared.

        Returns:
            [N] True for images of its modality, for all images where it is over both.
        """
        if self.modality is None:
            return np.ones(len(modality), dtype=np.bool_)
        return np.asarray(modality == self.modality)

    def __repr__(self) -> str:
        inside = int(np.count_nonzero(self.labels != NOISE))
        return (
            f"PseudoLabels({len(self.labels):,} images, {self.clusters:,} clusters of "
            f"{inside:,} images)"
        )


@dataclass(frozen=True, repr=False)
class Matching:
    """Which infrared cluster each visible cluster is taken to show the same person as."""

    partner: Int
    """[Cv] the infrared cluster of each visible cluster, -1 where unmatched."""
    infrared_clusters: int
    """Cr, the number of infrared clusters."""
    cost: Float
    """[Cv] the cost of each pair, NaN where unmatched."""
    next_cost: Float | None = None
    """[Cv] the least cost of another infrared cluster than the partner, NaN where there is none
    or the cluster is unmatched; all NaN where not given."""
    visible_partner: Int | None = None
    """[Cr] for infrared clusters that are nobody's partner, the visible cluster they join, which
    has a partner; -1 for all others; all -1 where not given."""
    to_visible: Int | None = None
    """[Cr] the way back: the visible cluster of each infrared cluster, -1 where it has none;
    where not given, the cheapest of those whose partner it is, or the one that it joins."""

    def __post_init__(self) -> None:
        """Freeze the arrays and check the range of the partners."""
        partner = vector("partner", self.partner)
        _check_partners(partner, self.infrared_clusters)
        object.__setattr__(self, "partner", partner)
        for name in ("cost", "next_cost"):
            given = getattr(self, name)
            cost = np.array(np.full(len(partner), np.nan) if given is None else given, np.float32)
            if cost.shape != partner.shape:
                raise DataError(f"{name} has shape {cost.shape}; expected {partner.shape}")
            cost.setflags(write=False)
            object.__setattr__(self, name, cost)
        given = self.visible_partner
        if given is None:
            given = np.full(self.infrared_clusters, NOISE)
        other = vector("visible_partner", given, self.infrared_clusters)
        _check_partners(other, len(partner))
        left = np.flatnonzero(other != NOISE)
        if np.isin(left, partner).any() or (partner[other[left]] == NOISE).any():
            raise DataError(
                "visible_partner must lead from infrared clusters that are no partner to visible "
                "clusters that have one"
            )
        object.__setattr__(self, "visible_partner", other)
        back = self._way_back() if self.to_visible is None else self.to_visible
        back = vector("to_visible", back, self.infrared_clusters)
        _check_partners(back, len(partner))
        object.__setattr__(self, "to_visible", back)

    def _way_back(self) -> Int:
        """Return the visible cluster of each infrared one, by the maps that were given."""
        assert self.visible_partner is not None
        back = self.visible_partner.copy()
        price = np.nan_to_num(self.cost, nan=np.inf)
        for visible in np.lexsort((np.arange(len(price)), price))[::-1]:  # the cheapest stays
            if self.partner[visible] != NOISE:
                back[self.partner[visible]] = visible
        return back

    def __repr__(self) -> str:
        return (
            f"Matching({len(self.partner):,} visible and {self.infrared_clusters:,} infrared "
            f"clusters, {len(self.pairs()[0]):,} pairs)"
        )

    def pairs(self) -> tuple[Int, Int]:
        """Return the visible [M] and the infrared cluster [M] of each of the M pairs."""
        assert self.visible_partner is not None
        visible = np.flatnonzero(self.partner != NOISE)
        infrared = np.flatnonzero(self.visible_partner != NOISE)
        return (
            np.concatenate([visible, self.visible_partner[infrared]]),
            np.concatenate([self.partner[visible], infrared]),
        )


def _check_partners(partner: Int, clusters: int) -> None:
    if partner.size and not (partner.min() >= NOISE and partner.max() < clusters):
        raise DataError(f"partners must lie in -1..{clusters - 1}")
