"""Models: pixels to embeddings, by two stems and a shared trunk with pooling and neck."""

from vireid.models.build import build_agw, build_network
from vireid.models.folding import folded
from vireid.models.initial import InitialWeights
from vireid.models.network import CrossModalNetwork, Output
from vireid.models.passes import Passes, Pooling, dealt, whole_output
from vireid.models.weights import load_weights

__all__ = [
    "CrossModalNetwork",
    "InitialWeights",
    "Output",
    "Passes",
    "Pooling",
    "build_agw",
    "build_network",
    "dealt",
    "folded",
    "load_weights",
    "whole_output",
]
