"""A training's state in its run folder: saved after every epoch, found again after any end."""

import json
import logging
from pathlib import Path
from typing import Any

from torch import Tensor

from vireid.config import Recipe
from vireid.errors import CheckpointError, ConfigError
from vireid.models import CrossModalNetwork
from vireid.recipes import Outline, recipe_differences
from vireid.runs import Run, new_network
from vireid.runs.checkpoint import load_checkpoint, load_metadata
from vireid.runs.fingerprints import changed, describe_change
from vireid.runs.folder import KEPT
from vireid.runs.snapshot import Snapshot, take, write_snapshot
from vireid.training import TrainingState, prepare, unpack

_log = logging.getLogger(__name__)

CHANGEABLE = ("guard.", "evaluation", "compute.parts ", "compute.embedding_batch ")
"""Settings that may be other ones when a run goes on."""


def state_files(run: Run) -> list[Path]:
    """Return the saved states of a run, the newest first.

    Args:
        run: the run's folder.

    Returns:
        Files.
    """
    return sorted((run.folder / "states").glob("*.safetensors"), reverse=True)


def save_state(
    run: Run, state: TrainingState, recipe: Recipe, data: str, *, kept: int = KEPT
) -> None:
    """Save where a training stands, whole or not at all, and let older states go.

    Args:
        run: the run's folder.
        state: between two steps.
        recipe: of the training.
        data: fingerprint of its images.
        kept: how many states stay, this one included (at least 1).

    Raises:
        CheckpointError: the file cannot be written; older states stay.
    """
    keep_state(run, take(state, recipe, data), kept=kept)


def keep_state(run: Run, snapshot: Snapshot, *, kept: int = KEPT) -> None:
    """Write a state into its run, whole or not at all, and let older states go.

    Args:
        run: the run's folder.
        snapshot: of the training.
        kept: how many states stay, this one included (at least 1).

    Raises:
        CheckpointError: the file cannot be written; older states stay.
    """
    write_snapshot(run.folder / "states" / snapshot.name, snapshot)
    for old in state_files(run)[kept:]:
        old.unlink(missing_ok=True)


def branch_off(run: Run, file: Path, recipe: Recipe) -> None:
    """Let a run begin where a training of the same first stages stood at the end of one of them.

    Args:
        run: a folder without states; gets one, to be gone on with.
        file: what ``write_snapshot`` wrote at the start of a stage.
        recipe: of the run.

    Raises:
        CheckpointError: the file is missing, damaged or of another training, or the disk is full.
    """
    network = prepare(new_network(recipe), recipe.compute)
    initial = {name: value.clone() for name, value in network.state_dict().items()}
    tensors, values, data = _read_state(file)
    state = unpack(network, recipe, tensors, values)
    state.branch(recipe, initial)
    save_state(run, state, recipe, data)


def _read_state(file: Path) -> tuple[dict[str, Tensor], dict[str, Any], str]:
    """Return the tensors and values of a state, and the fingerprint of its images."""
    tensors, metadata = load_checkpoint(file)
    try:
        return tensors, json.loads(metadata["state"]), metadata["data"]
    except (KeyError, json.JSONDecodeError) as error:
        raise CheckpointError(f"{file} holds no state of a training: {error}") from error


def remove_states(run: Run) -> None:
    """Remove all states of a run that is finished.

    Args:
        run: the run's folder.
    """
    for old in state_files(run):
        old.unlink(missing_ok=True)


def load_state(
    run: Run, network: CrossModalNetwork, recipe: Recipe, data: str
) -> TrainingState | None:
    """Return where a training stood when it ended.

    Args:
        run: the run's folder.
        network: of the recipe, on the training device; gets the weights of the state.
        recipe: of the training.
        data: fingerprint of its images.

    Returns:
        The newest state that can be read; None where none was saved yet.

    Raises:
        CheckpointError: there are states, but none can be read.
        ConfigError: the images are others.
    """
    problems = []
    for file in state_files(run):
        try:
            tensors, values, found = _read_state(file)
            if changed(found, data):
                raise ConfigError(
                    f"{run.folder} was trained on other images ({found}) than given ({data}): "
                    f"{describe_change(found, data)}; give the same data or choose another --out"
                )
            return unpack(network, recipe, tensors, values)
        except CheckpointError as error:
            problems.append(str(error))
            _log.warning("%s cannot be used, trying an older state: %s", file, error)
    if problems:
        raise CheckpointError(f"no state of {run.folder} can be read: {problems[0]}; train anew")
    return None


def where_saved(run: Run) -> tuple[int, int, int]:
    """Return where a training would go on.

    Args:
        run: the run's folder.

    Returns:
        Finished stages, finished epochs of the next stage and finished steps of its next epoch; at
        the first step where no state was saved yet.

    Raises:
        CheckpointError: there are states, but none can be read.
    """
    problems = []
    for file in state_files(run):
        try:
            values = json.loads(load_metadata(file)["state"])
            return int(values["stage"]), int(values["epoch"]), int(values["step"])
        except (CheckpointError, KeyError, ValueError) as error:
            problems.append(f"{file}: {error}")
    if problems:
        raise CheckpointError(f"no state of {run.folder} can be read: {problems[0]}; train anew")
    return 0, 0, 0


def check_same_recipe(run: Run, recipe: Recipe) -> None:
    """Check that a training may go on with a recipe.

    Args:
        run: the run's folder.
        recipe: the one given now.

    Raises:
        ConfigError: it differs from the run's in more than may change; all differences are listed.
    """
    found = recipe_differences(run.recipe_text(), recipe)
    differences = [line for line in found if not line.startswith(CHANGEABLE)]
    if differences:
        raise ConfigError(
            f"{run.folder} was begun with another recipe: {'; '.join(differences)}; say "
            "what it was begun with again, leave the changes out or choose another --out"
        )


def steps_done(recipe: Recipe | Outline, stage: int, epoch: int, step: int = 0) -> int:
    """Return how many steps of the whole run are finished.

    Args:
        recipe: all stages.
        stage: finished stages.
        epoch: finished epochs of the next stage.
        step: finished steps of its next epoch.

    Returns:
        0 or more.
    """
    before = sum(each.epochs * each.iterations for each in recipe.stages[:stage])
    return before + (epoch * recipe.stages[stage].iterations if epoch else 0) + step
