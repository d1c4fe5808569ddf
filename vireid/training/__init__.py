"""Labels + images -> a trained network: objective, schedule, batches, state and the loop."""

from vireid.training.batches import TrainingImages
from vireid.training.compute import new_pooling, prepare
from vireid.training.events import EpochBegun, EpochEnded, Event, Labelled, Stepped
from vireid.training.loop import fit
from vireid.training.packing import pack, unpack
from vireid.training.reports import EpochReport, StepReport
from vireid.training.shares import short_of_labels
from vireid.training.state import TrainingState, first_state
from vireid.training.workers import Agree, Embed, Forward, Once, SearchRows, Workers

__all__ = [
    "Agree",
    "Embed",
    "EpochBegun",
    "EpochEnded",
    "EpochReport",
    "Event",
    "Forward",
    "Labelled",
    "Once",
    "SearchRows",
    "StepReport",
    "Stepped",
    "TrainingImages",
    "TrainingState",
    "Workers",
    "first_state",
    "fit",
    "new_pooling",
    "pack",
    "prepare",
    "short_of_labels",
    "unpack",
]
