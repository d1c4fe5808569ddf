"""A refiner: every image goes to the cluster whose densest images it is most like (RPNR)."""

from dataclasses import dataclass

import numpy as np

from vireid.cluster import cluster_members, normalise_rows
from vireid.errors import FROM_ONE, outside
from vireid.labelling import closed_up
from vireid.types import NOISE, PseudoLabels


@dataclass(frozen=True)
class DensePrototypes:
    """Labels by the nearest prototype, the mean of a cluster's densest images.

    Source: Yin et al., Robust Pseudo-label Learning with Neighbor Relation, ACM MM 2024.
    """

    densest: int = 20
    """Images that make a prototype."""

    def problems(self):
        """Yield what is wrong with the settings."""
        yield from outside("labelling.refiners.", self, FROM_ONE, "densest")

    def refine(self, labels, embeddings, known, *, generator):
        """Return new labels; noise stays noise, and a cluster may lose all its images."""
        if not labels.clusters:
            return labels
        rows = embeddings.vectors
        prototypes = normalise_rows(
            np.stack([self.prototype(rows[group]) for group in cluster_members(labels.labels)])
        )
        nearest = (rows @ prototypes.T).argmax(axis=1)
        found = closed_up(np.where(labels.labels == NOISE, NOISE, nearest))
        return PseudoLabels(found, modality=labels.modality)

    def prototype(self, rows):
        """Return the mean [D] of the rows that are alike to most of their cluster's rows [M, D]."""
        density = np.sign(rows @ rows.T - 0.5).sum(axis=1)
        return rows[np.argsort(-density, kind="stable")[: self.densest]].mean(axis=0)
