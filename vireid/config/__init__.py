"""What a run can be told: frozen dataclasses whose field docstrings are the command's help."""

from vireid.config.augmentation import AugmentationConfig
from vireid.config.compute import ComputeConfig, Precision
from vireid.config.evaluation import Centre, EvaluationConfig
from vireid.config.guard import GuardConfig
from vireid.config.named import Named
from vireid.config.network import NetworkConfig
from vireid.config.recipe import Recipe
from vireid.config.stages import StageConfig, StepConfig
from vireid.config.teacher import TeacherConfig

__all__ = [
    "AugmentationConfig",
    "Centre",
    "ComputeConfig",
    "EvaluationConfig",
    "GuardConfig",
    "Named",
    "NetworkConfig",
    "Precision",
    "Recipe",
    "StageConfig",
    "StepConfig",
    "TeacherConfig",
]
