"""A copy of where a training stands, that can be written while the training goes on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from vireid.config import Recipe
from vireid.models.sending import brought
from vireid.runs.checkpoint import save_checkpoint
from vireid.training import TrainingState, pack


@dataclass(frozen=True)
class Snapshot:
    """Where a training stood: a copy that the training does not change."""

    name: str
    """What its file is called."""
    tensors: Mapping[str, Tensor]
    """On the host."""
    metadata: Mapping[str, str]
    """The rest, and the fingerprint of the images."""


def take(state: TrainingState, recipe: Recipe, data: str) -> Snapshot:
    """Copy where a training stands.

    Args:
        state: between two steps.
        recipe: of the training.
        data: fingerprint of its images.

    Returns:
        The copy.
    """
    tensors, values = pack(state)
    name = f"{epochs_done(state, recipe):05d}-{state.step:06d}.safetensors"
    return Snapshot(name, brought(tensors), {"state": json.dumps(values), "data": data})


def write_snapshot(file: Path, snapshot: Snapshot) -> None:
    """Write where a training stood to a file, whole or not at all.

    Args:
        file: which.
        snapshot: of the training.

    Raises:
        CheckpointError: the file cannot be written.
    """
    save_checkpoint(file, snapshot.tensors, snapshot.metadata)


def epochs_done(state: TrainingState, recipe: Recipe) -> int:
    """Return how many epochs of all stages are finished.

    Args:
        state: of the training.
        recipe: all stages.

    Returns:
        0 or more.
    """
    return sum(stage.epochs for stage in recipe.stages[: state.stage]) + state.epoch
