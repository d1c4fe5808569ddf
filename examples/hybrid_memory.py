"""A term of the loss: two memories for each cluster, its mean and its hardest sample (PCLHD)."""

from dataclasses import dataclass

import torch
from torch.nn import functional

from vireid.losses import cluster_nce
from vireid.terms import Kept, Term, memory_rows


@dataclass(frozen=True)
class HybridMemory(Term):
    """Contrast each embedding with the means and with the hardest samples of all clusters.

    Source: Shi et al., Learning Commonality, Divergence and Variety, NeurIPS 2024.
    """

    temperature: float = 0.05
    """Divides the similarities to the memories."""
    momentum: float = 0.1
    """Share of its old value that a memory keeps at an update."""
    slack: float = 0.2
    """Loss against the means, over the batch, below which they no longer pull."""

    def begin(self, labelling, embeddings, generator, others):
        """Put both memories of a cluster at its centre."""
        rows = memory_rows(labelling.spaces[self.labels], embeddings)
        return Kept({"mean": rows, "hard": rows.clone()}, others)

    def values(self, kept, output, plan):
        """Return the loss of each row: half against the hard ones, half against the means."""
        queries, labels = output.embedding[plan["rows"]], plan["labels"]
        hard = cluster_nce(queries, labels, kept["hard"], self.temperature)
        mean = cluster_nce(queries, labels, kept["mean"], self.temperature)
        pulls = mean.detach().mean() > self.slack
        return (hard + pulls * (mean - self.slack)) / 2

    def update(self, kept, output, plan):
        """Move the memories of each cluster in the batch, once."""
        queries, labels = output.embedding[plan["rows"]], plan["labels"]
        shows = functional.one_hot(labels, len(kept["mean"])).T.to(queries.dtype)
        count = shows.sum(1, keepdim=True)
        means = shows @ queries / count.clamp_min(1)
        near = (queries * kept["mean"][labels]).sum(1)
        hardest = queries[torch.where(shows > 0, near, torch.inf).argmin(1)]
        for name, target in (("mean", means), ("hard", hardest)):
            moved = self.momentum * kept[name] + (1 - self.momentum) * target
            kept[name] = torch.where(count > 0, functional.normalize(moved), kept[name])
