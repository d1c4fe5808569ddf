"""vireid: unsupervised visible-infrared person re-identification.

The public names are resolved when they are first used, so that ``import vireid`` is quick.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "Embeddings": "vireid.types",
    "Images": "vireid.types",
    "PseudoLabels": "vireid.types",
    "Recipe": "vireid.config",
    "Run": "vireid.runs",
    "TrainingImages": "vireid.training",
    "build_network": "vireid.models",
    "evaluate": "vireid.scoring",
    "fit": "vireid.training",
    "jaccard_distance": "vireid.cluster",
    "label_spaces": "vireid.labelling",
    "load_network": "vireid.runs",
    "load_pixels": "vireid.data",
    "load_recipe": "vireid.recipes",
    "open_data": "vireid.data",
    "retrieval_scores": "vireid.metrics",
    "score": "vireid.scoring",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'vireid' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
