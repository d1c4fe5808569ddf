"""Labels + images -> a trained network: objective, schedule, batches, state and the loop."""

from vireid.training.batches import TrainingImages
from vireid.training.loop import EpochReport, Labeller, Workers, fit
from vireid.training.packing import pack, unpack
from vireid.training.state import TrainingState, first_state

__all__ = [
    "EpochReport",
    "Labeller",
    "TrainingImages",
    "TrainingState",
    "Workers",
    "first_state",
    "fit",
    "pack",
    "unpack",
]
