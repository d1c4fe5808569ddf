"""Contrast each embedding with the rows of its cluster in both modalities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vireid.terms.kept import Kept
from vireid.terms.moves import turns_of
from vireid.terms.on_memories import OnMemories
from vireid.terms.seen import Arrays, Batch
from vireid.terms.term import Place
from vireid.types import NOISE, Embeddings, Int, Labelling, Modality

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class ProxyNCE(OnMemories):
    """Contrast with proxies: two memories, mean and hardest, for each cluster and modality in it.

    The proxies of an image's cluster, one or two, are its positives; its negatives are the most
    similar others, chosen among the means and among the hardest by themselves. Each half counts
    one half. An image moves the proxy of its own modality.

    Source: BMIL (2026), proxies of mixed clusters; the memories are those of ``HybridNCE``.
    """

    nearest: int = 50
    """Proxies that an image is compared with, its positives among them (at least 3); all of them
    where there are fewer."""

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        if self.nearest <= len(Modality):
            yield (
                f"nearest is {self.nearest}; expected at least {len(Modality) + 1}, as a "
                "cluster may have a proxy in each modality"
            )

    def begin(
        self,
        labelling: Labelling,
        embeddings: Embeddings,
        generator: np.random.Generator,
        others: Mapping[str, Kept],
    ) -> Kept:
        """Put both memories of each proxy at the centre of its images.

        Args:
            labelling: the new labels of the N training images.
            embeddings: of the same images.
            generator: not used.
            others: what the terms keep that it names; none here.

        Returns:
            ``mean`` and ``hard`` [P, D] of unit length, equal; ``cluster`` [P] int64 of each
            proxy; ``proxy`` [2 C] int64 of each half of a cluster, the visible one of cluster c
            being half 2 c, -1 for a half without images.
        """
        import torch

        from vireid.cluster import centres, normalise_rows, proxies

        del generator
        space = labelling.spaces[self.labels]
        own, cluster = proxies(space.labels, embeddings.modality)
        middle = centres(embeddings.vectors, own, resident=embeddings.resident)
        rows = torch.from_numpy(normalise_rows(middle))
        inside = own != NOISE
        proxy = np.full(len(Modality) * space.clusters, NOISE, dtype=np.int64)
        proxy[_halves(space.labels[inside], embeddings.modality[inside])] = own[inside]
        numbers = {"cluster": torch.from_numpy(cluster), "proxy": torch.from_numpy(proxy)}
        return Kept({"mean": rows, "hard": rows.clone(), **numbers}, others)

    def plan(self, labelling: Labelling, batch: Batch) -> Arrays:
        """Choose the rows that are no noise, and the halves of clusters that they belong to.

        Args:
            labelling: the labels in use.
            batch: what its rows show.

        Returns:
            The arrays of ``Term.plan``; ``halves`` [M] that the rows show, ascending, and
            ``turns`` [T, M] the rows of the batch that belong to each of them, -1 for none.
        """
        found = super().plan(labelling, batch)
        moved = turns_of(_halves(found["labels"], found["modality"]), found["rows"])
        return found | {"halves": moved["clusters"], "turns": moved["turns"]}

    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return the loss of each row.

        Args:
            kept: ``mean``, ``hard`` and ``cluster``.
            output: of the network for the batch.
            plan: ``rows`` and ``labels`` [R].

        Returns:
            [R], not negative.
        """
        from vireid.losses import proxy_nce

        queries, labels = output.embedding[plan["rows"]], plan["labels"]
        mean, hard = (
            proxy_nce(queries, labels, kept[n], kept["cluster"], self.nearest, self.temperature)
            for n in ("mean", "hard")
        )
        return (mean + hard) / 2

    def update(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> None:
        """Move both memories of each proxy in the batch, once.

        Args:
            kept: ``mean`` and ``hard``, which are replaced, and ``proxy``.
            output: of the step, detached.
            plan: ``halves`` [M] and ``turns`` [T, M].
        """
        from vireid.terms.hybrid_rows import moved_hybrid

        rows, own = (kept["mean"], kept["hard"]), kept["proxy"][plan["halves"]]
        rows = moved_hybrid(rows, output.embedding, own, plan["turns"], self.momentum)
        kept["mean"], kept["hard"] = rows


def _halves(labels: Int, modality: Int) -> Int:
    """Return the half [R] of a cluster that each image belongs to."""
    return len(Modality) * labels + modality
