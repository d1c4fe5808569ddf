"""Four terms of a loss after DMDL (2026): targets, mixed memories, views, and trust in memories."""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from vireid.losses import cluster_nce, mmd
from vireid.terms import ClusterNCE, Kept, Term
from vireid.types import LabelSpace, Modality


def views(batch):
    """Return the rows that show each visible image as it is, and those with exchanged channels."""
    return np.split(np.flatnonzero(batch.modality == Modality.VISIBLE), 2)


def view_problems(term, place):
    """Yield a message where the images of a term's labels go into a batch only once."""
    if place.spaces.get(term.labels, LabelSpace()).modality != Modality.VISIBLE:
        yield f"labels is {term.labels}; expected visible labels, whose images have two views"


@dataclass(frozen=True)
class OtherView(ClusterNCE):
    """ClusterNCE whose targets are shared with what the other view of the image is taken for."""

    share: float = 0.7
    """What the cluster of the image keeps of its target, in [0, 1]."""

    def problems(self, place):
        """Refuse shares outside [0, 1], and images that go in once."""
        yield from super().problems(place)
        yield from view_problems(self, place)
        if not 0 <= self.share <= 1:
            yield f"share is {self.share}; expected a number in [0, 1]"

    def plan(self, labelling, batch):
        """Find the other view of each row."""
        plan, other = super().plan(labelling, batch), np.arange(len(batch.indices))
        plain, exchanged = views(batch)
        other[plain], other[exchanged] = exchanged, plain
        return plan | {"other": other[plan["rows"]]}

    def values(self, kept, output, plan):
        """Return the cross-entropy of each row, of targets that take no gradient."""
        scores = output.embedding @ kept["memory"].T / self.temperature
        targets = scores[plan["other"]].detach().softmax(1)
        own = functional.one_hot(plan["labels"], len(kept["memory"]))
        targets = self.share * own + (1 - self.share) * targets
        return -(targets * scores[plan["rows"]].log_softmax(1)).sum(1)


@dataclass(frozen=True)
class Mixture(Term):
    """Contrast with rows between the memories of two terms, one row for each matched label."""

    of: tuple[str, str] = ("visible", "infrared")
    """The terms whose memories are mixed, on visible and on infrared clusters."""
    share: float = 0.5
    """Share of the visible memory, in [0, 1]."""
    temperature: float = 0.05
    """Divides the similarities to the rows."""

    def problems(self, place):
        """Refuse labels that no matching joins, and terms without memories of their modality."""
        yield from super().problems(place)
        if not place.spaces.get(self.labels, LabelSpace()).matched:
            yield f"labels is {self.labels}; expected labels that a matching joins"
        if not 0 <= self.share <= 1:
            yield f"share is {self.share}; expected a number in [0, 1]"
        for name, side in zip(self.of, Modality, strict=True):
            term = place.terms.get(name)
            space = place.spaces.get(term.labels) if isinstance(term, ClusterNCE) else None
            if space is None or space.modality != side:
                yield f"of holds {name}; expected a cluster_nce on {side.name.lower()} labels"

    def others(self):
        """Name the terms whose memories are read."""
        return self.of

    def begin(self, labelling, embeddings, generator, others):
        """Say which clusters of each modality a matched label joins; all of them count alike."""
        space, parts = labelling.spaces[self.labels], {}
        for side in Modality:
            own = labelling.own(side)
            known = (own.labels >= 0) & (space.labels >= 0)
            joins = torch.zeros(space.clusters, own.clusters)
            joins[space.labels[known], own.labels[known]] = 1
            parts[side.name] = functional.normalize(joins, p=1)
        return Kept(parts, others)

    def values(self, kept, output, plan):
        """Return the loss of each row against the mixed rows as they are now."""
        visible, infrared = (kept.others[name]["memory"] for name in self.of)
        mixed = self.share * (kept["VISIBLE"] @ visible)
        mixed = functional.normalize(mixed + (1 - self.share) * (kept["INFRARED"] @ infrared))
        return cluster_nce(output.embedding[plan["rows"]], plan["labels"], mixed, self.temperature)


@dataclass(frozen=True)
class ViewGap(Term):
    """The maximum mean discrepancy of the images as they are and with exchanged channels."""

    def problems(self, place):
        """Refuse images that go in once."""
        yield from super().problems(place)
        yield from view_problems(self, place)

    def plan(self, labelling, batch):
        """Part the rows by view, on the host: a mask on a GPU would be waited for."""
        plan, (plain, exchanged) = super().plan(labelling, batch), views(batch)
        known = np.isin(plain, plan["rows"])
        return plan | {"plain": plain[known], "exchanged": exchanged[known]}

    def values(self, kept, output, plan):
        """Return the same value for each row."""
        plain, exchanged = (output.embedding[plan[view]] for view in ("plain", "exchanged"))
        return mmd(plain, exchanged).expand(len(plan["rows"]))


@dataclass(frozen=True)
class Trusting(ClusterNCE):
    """ClusterNCE whose memories move the further, the more the labels of the batch are trusted."""

    def problems(self, place):
        """Refuse labels without confidences."""
        yield from super().problems(place)
        if not place.spaces.get(self.labels, LabelSpace()).confidence:
            yield f"labels is {self.labels}; expected labels with confidences"

    def plan(self, labelling, batch):
        """Look up how far the label of each row is trusted."""
        plan = super().plan(labelling, batch)
        images = batch.indices[plan["rows"]]
        return plan | {"trust": labelling.spaces[self.labels].confidence[images]}

    def update(self, kept, output, plan):
        """Move each memory once, by the mean of its rows weighed by trust."""
        shows = functional.one_hot(plan["labels"], len(kept["memory"])).T
        count = shows.sum(1, keepdim=True)
        trusted = (1 - self.momentum) * shows * plan["trust"] / count.clamp_min(1)
        new = trusted @ output.embedding[plan["rows"]]
        moved = (1 - trusted.sum(1, keepdim=True)) * kept["memory"] + new
        kept["memory"] = torch.where(count > 0, functional.normalize(moved), kept["memory"])
