"""What a run can be told: frozen dataclasses whose field docstrings are the command's help."""

from vireid.config.augmentation import AugmentationConfig
from vireid.config.compute import ComputeConfig, Precision
from vireid.config.guard import GuardConfig
from vireid.config.labelling import ClusteringConfig, LabellingConfig
from vireid.config.network import NetworkConfig
from vireid.config.recipe import Recipe
from vireid.config.stages import LabelSpace, LossName, StageConfig, TermConfig

__all__ = [
    "AugmentationConfig",
    "ClusteringConfig",
    "ComputeConfig",
    "GuardConfig",
    "LabelSpace",
    "LabellingConfig",
    "LossName",
    "NetworkConfig",
    "Precision",
    "Recipe",
    "StageConfig",
    "TermConfig",
]
