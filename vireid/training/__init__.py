"""Labels + images -> a trained network: objective, schedule, batches, state and the loop."""

from vireid.training.batches import TrainingImages
from vireid.training.compute import new_pooling, prepare
from vireid.training.loop import Workers, fit
from vireid.training.packing import pack, unpack
from vireid.training.renewal import Labeller
from vireid.training.reports import EpochReport, StepReport
from vireid.training.state import TrainingState, first_state

__all__ = [
    "EpochReport",
    "Labeller",
    "StepReport",
    "TrainingImages",
    "TrainingState",
    "Workers",
    "first_state",
    "fit",
    "new_pooling",
    "pack",
    "prepare",
    "unpack",
]
