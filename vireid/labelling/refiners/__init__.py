"""Refiners of labels, each a dataclass of settings that is read without the core."""

from vireid.labelling.labeller import Refiner
from vireid.labelling.refiners.dense_prototypes import DensePrototypes

REFINERS: tuple[type[Refiner], ...] = (DensePrototypes,)
"""The refiners that a recipe calls by a short name."""

__all__ = ["REFINERS", "DensePrototypes"]
