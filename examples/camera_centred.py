"""A labeller: k-means of embeddings from which the mean of each camera is taken away."""

from dataclasses import dataclass

import numpy as np

from vireid.cluster import kmeans
from vireid.errors import FROM_ONE, outside
from vireid.labelling import closed_up
from vireid.types import NOISE, Labelling, LabelSpace, Modality, PseudoLabels

SPACES = {
    "mixed": LabelSpace(),
    "visible": LabelSpace(Modality.VISIBLE),
    "infrared": LabelSpace(Modality.INFRARED),
}


@dataclass(frozen=True)
class CameraCentred:
    """What all images of a camera have in common says nothing of whom they show."""

    clusters: int = 96
    """How many people are expected."""

    def spaces(self):
        """Return the label spaces that a recipe may ask for."""
        return SPACES

    def problems(self):
        """Yield what is wrong with the settings."""
        yield from outside("labelling.", self, FROM_ONE, "clusters")

    def label(self, embeddings, known, spaces, *, generator, search):
        """Cluster all images once; a modality's labels are its images' share of these."""
        group = known.modality if known.camera is None else known.camera
        rows = embeddings.vectors.copy()
        for one in np.unique(group):
            rows[group == one] -= rows[group == one].mean(axis=0)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-12)
        mixed = kmeans(rows, self.clusters, generator=generator).labels
        found = {}
        for name in spaces:
            side = SPACES[name].modality
            inside = np.ones(len(mixed), bool) if side is None else known.modality == side
            found[name] = PseudoLabels(closed_up(np.where(inside, mixed, NOISE)), modality=side)
        return Labelling(found)
