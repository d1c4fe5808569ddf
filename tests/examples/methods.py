"""Pieces of published methods on the interface of a term; docs/architecture.md shows parts."""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from vireid.cluster import nearest_neighbours
from vireid.losses import cluster_nce
from vireid.terms import ClusterNCE, Kept, Term, memory_rows
from vireid.terms.memory import moved_rows
from vireid.types import NOISE, Modality


@dataclass(frozen=True)
class Cross(Term):
    """PGM: the rows of one modality against the memory of the other, every second epoch."""

    against: str = ""
    """The term whose memory that is, on the other modality's clusters."""
    turn: int = 0
    """0 in even, 1 in odd epochs."""

    def spaces(self):
        return self.labels, "matched"

    def others(self):
        return (self.against,)

    def problems(self, place):
        yield from super().problems(place)
        if not isinstance(place.terms.get(self.against), ClusterNCE):
            yield f"stage {place.stage}: cross names {self.against}, which is no cluster_nce"

    def plan(self, labelling, batch):
        space, matching = labelling.spaces[self.labels], labelling.matching
        visible = space.modality == Modality.VISIBLE
        translated = np.append(matching.partner if visible else matching.to_visible, NOISE)
        labels = translated[space.labels[batch.indices]]
        rows = np.flatnonzero((labels != NOISE) & (batch.epoch % 2 == self.turn))
        return {"rows": rows, "labels": labels[rows]}

    def values(self, kept, output, plan):
        memory = kept.others[self.against]["memory"]
        return cluster_nce(output.embedding[plan["rows"]], plan["labels"], memory, 0.05)

    def update(self, kept, output, plan):
        there, rows = kept.others[self.against], output.embedding[plan["rows"]]
        there["memory"] = moved_rows(
            there["memory"], rows, plan["labels"], momentum=0.1, hardest=True
        )


@dataclass(frozen=True)
class Joined(ClusterNCE):
    """ADCA: memories of visible clusters that begin near those of their infrared partners."""

    def spaces(self):
        return self.labels, "matched"

    def begin(self, labelling, embeddings, generator, others):
        kept = super().begin(labelling, embeddings, generator, others)
        mine, theirs = labelling.matching.pairs()
        partners = memory_rows(labelling.own(Modality.INFRARED), embeddings)[theirs]
        rows = kept["memory"]
        rows[mine] = functional.normalize(0.1 * rows[mine] + 0.9 * partners)
        return kept


@dataclass(frozen=True)
class Proxies(Term):
    """BMIL: a row for each cluster and modality, several positives, the hardest negatives."""

    nearest: int = 50
    """Rows that each image is compared with, its positives among them."""

    def begin(self, labelling, embeddings, generator, others):
        space, modality = labelling.spaces[self.labels], embeddings.modality
        rows = torch.zeros(2 * space.clusters, embeddings.vectors.shape[1])
        inside = space.labels != NOISE
        proxy = torch.from_numpy((space.labels + modality * space.clusters)[inside])
        rows.index_add_(0, proxy, torch.from_numpy(embeddings.vectors[inside].copy()))
        return Kept({"rows": functional.normalize(rows), "present": rows.any(1)}, others)

    def plan(self, labelling, batch):
        found, clusters = super().plan(labelling, batch), labelling.spaces[self.labels].clusters
        return found | {"proxy": found["labels"] + found["modality"] * clusters}

    def values(self, kept, output, plan):
        scores = output.embedding[plan["rows"]] @ kept["rows"].T / 0.05
        scores = scores.masked_fill(~kept["present"], -torch.inf)
        cluster = torch.arange(scores.shape[1], device=scores.device) % (scores.shape[1] // 2)
        own = (cluster == plan["labels"][:, None]) & kept["present"]
        count = own.sum(1, keepdim=True)
        others = scores.masked_fill(own, -torch.inf)
        others = others.topk(min(self.nearest, scores.shape[1]), dim=1).values
        rank = torch.arange(others.shape[1], device=scores.device)
        others = others.masked_fill(rank >= self.nearest - count, -torch.inf)
        positive = scores.masked_fill(~own, -torch.inf)
        total = torch.cat([positive, others], dim=1).logsumexp(1, keepdim=True)
        return torch.where(own, total - scores, 0).sum(1) / count[:, 0]

    def update(self, kept, output, plan):
        rows = output.embedding[plan["rows"]]
        kept["rows"] = moved_rows(kept["rows"], rows, plan["proxy"], momentum=0.1)


@dataclass(frozen=True)
class SoftTargets(ClusterNCE):
    """N-ULC: targets by image, of the labels of its nearest images; at most k of C are not 0."""

    k: int = 30
    """Images that say what an image may be."""

    def begin(self, labelling, embeddings, generator, others):
        kept = super().begin(labelling, embeddings, generator, others)
        space = labelling.spaces[self.labels]
        inside = np.flatnonzero(space.inside(embeddings.modality))
        k = min(self.k, len(inside))
        near = inside[nearest_neighbours(embeddings.vectors[inside], k)[0]]
        labels = np.full((len(embeddings), k), NOISE)
        labels[inside] = space.labels[near]
        kept["labels"], kept["share"] = soft_shares(labels, space)
        return kept

    def plan(self, labelling, batch):
        found = super().plan(labelling, batch)
        return found | {"images": batch.indices[found["rows"]]}

    def values(self, kept, output, plan):
        labels, share = (kept[name][plan["images"]] for name in ("labels", "share"))
        scores = output.embedding[plan["rows"]] @ kept["memory"].T / self.temperature
        loss = -scores.log_softmax(1)
        own = plan["labels"][:, None]
        trust = (-10 * (1 - torch.where(labels == own, share, 0).sum(1)) ** 2).exp()
        soft = (share * loss.gather(1, labels.clamp_min(0))).sum(1)
        return trust * (0.7 * loss.gather(1, own)[:, 0] + 0.3 * soft)


def soft_shares(labels, space):
    """Return labels [N, k] and their shares [N, k]: of each label of an image once, else 0."""
    k, size = labels.shape[1], np.bincount(space.labels[space.labels != NOISE])
    same = (labels[:, :, None] == labels[:, None]) & (labels != NOISE)[:, None]
    count = same.sum(2)
    first = np.tril(same, -1).sum(2) == 0
    share = np.where(first & (labels != NOISE), count / (k - count + size[labels]), 0)
    share /= share.sum(1, keepdims=True).clip(1e-12)
    return torch.from_numpy(labels), torch.from_numpy(share.astype(np.float32))
