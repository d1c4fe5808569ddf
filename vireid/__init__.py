"""vireid: unsupervised visible-infrared person re-identification.

The public names are resolved when they are first used, so that ``import vireid`` is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vireid.cluster import jaccard_distance
    from vireid.config import Recipe
    from vireid.cropping import CropSettings
    from vireid.cropping.crop import crop
    from vireid.data import load_pixels, open_data
    from vireid.diagnosis.examine import examine_machine
    from vireid.gallery.opening import create_gallery, open_gallery
    from vireid.labelling import label_spaces
    from vireid.labelling.features import label
    from vireid.metrics import retrieval_scores
    from vireid.models import build_network
    from vireid.ranking import Gallery, load_gallery, save_gallery, search
    from vireid.ranking.labelled import Labelled, load_labelled, save_labelled
    from vireid.recipes import load_recipe
    from vireid.reporting.model_card import write_model_card
    from vireid.reporting.report import write_report
    from vireid.runs import Run, load_network
    from vireid.runs.assign import assign_labels
    from vireid.runs.embed import embed
    from vireid.runs.export import export
    from vireid.runs.train import train
    from vireid.scoring import score
    from vireid.scoring.checking import check
    from vireid.scoring.data_card import write_data_card
    from vireid.scoring.evaluating import evaluate
    from vireid.serving.serve import serve
    from vireid.studies.comparison import compare
    from vireid.studies.paper import paper_table
    from vireid.studies.reproduction.reproduce import reproduce
    from vireid.synthetic import SyntheticSettings, synthesise
    from vireid.training import TrainingImages, fit
    from vireid.types import Embeddings, Images, PseudoLabels

    __version__: str

_HOME = {
    "CropSettings": "vireid.cropping",
    "Embeddings": "vireid.types",
    "Gallery": "vireid.ranking",
    "Images": "vireid.types",
    "Labelled": "vireid.ranking.labelled",
    "MatchRates": "vireid.ranking",
    "PseudoLabels": "vireid.types",
    "Recipe": "vireid.config",
    "Run": "vireid.runs",
    "SyntheticSettings": "vireid.synthetic",
    "TrainingImages": "vireid.training",
    "assign_labels": "vireid.runs.assign",
    "build_network": "vireid.models",
    "calibrate": "vireid.runs.calibrate",
    "check": "vireid.scoring.checking",
    "compare": "vireid.studies.comparison",
    "create_gallery": "vireid.gallery.opening",
    "crop": "vireid.cropping.crop",
    "embed": "vireid.runs.embed",
    "evaluate": "vireid.scoring.evaluating",
    "export": "vireid.runs.export",
    "examine_machine": "vireid.diagnosis.examine",
    "fit": "vireid.training",
    "jaccard_distance": "vireid.cluster",
    "judged_precision": "vireid.scoring.judged",
    "label": "vireid.labelling.features",
    "label_spaces": "vireid.labelling",
    "load_gallery": "vireid.ranking",
    "load_labelled": "vireid.ranking.labelled",
    "load_network": "vireid.runs",
    "load_pixels": "vireid.data",
    "load_rates": "vireid.ranking",
    "load_recipe": "vireid.recipes",
    "open_data": "vireid.data",
    "open_gallery": "vireid.gallery.opening",
    "paper_table": "vireid.studies.paper",
    "reproduce": "vireid.studies.reproduction.reproduce",
    "retrieval_scores": "vireid.metrics",
    "save_gallery": "vireid.ranking",
    "save_labelled": "vireid.ranking.labelled",
    "save_rates": "vireid.ranking",
    "score": "vireid.scoring",
    "search": "vireid.ranking",
    "serve": "vireid.serving.serve",
    "synthesise": "vireid.synthetic",
    "train": "vireid.runs.train",
    "write_data_card": "vireid.scoring.data_card",
    "write_model_card": "vireid.reporting.model_card",
    "write_report": "vireid.reporting.report",
}

__all__ = [
    "CropSettings",
    "Embeddings",
    "Gallery",
    "Images",
    "Labelled",
    "MatchRates",
    "PseudoLabels",
    "Recipe",
    "Run",
    "SyntheticSettings",
    "TrainingImages",
    "assign_labels",
    "build_network",
    "calibrate",
    "check",
    "compare",
    "create_gallery",
    "crop",
    "embed",
    "evaluate",
    "examine_machine",
    "export",
    "fit",
    "jaccard_distance",
    "judged_precision",
    "label",
    "label_spaces",
    "load_gallery",
    "load_labelled",
    "load_network",
    "load_pixels",
    "load_rates",
    "load_recipe",
    "open_data",
    "open_gallery",
    "paper_table",
    "reproduce",
    "retrieval_scores",
    "save_gallery",
    "save_labelled",
    "save_rates",
    "score",
    "search",
    "serve",
    "synthesise",
    "train",
    "write_data_card",
    "write_model_card",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("vireid")
    if name not in _HOME:
        raise AttributeError(f"module 'vireid' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
