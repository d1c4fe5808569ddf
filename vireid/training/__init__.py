"""Labels + images -> a trained network: objective, schedule, batches and the loop."""

from vireid.training.batches import TrainingImages
from vireid.training.loop import EpochReport, Labeller, fit

__all__ = ["EpochReport", "Labeller", "TrainingImages", "fit"]
