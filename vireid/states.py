"""A training's state in its run folder: saved after every epoch, found again after any end."""

import hashlib
import json
import logging
from pathlib import Path

from vireid.checkpoint import load_checkpoint, load_metadata, save_checkpoint
from vireid.config import Recipe
from vireid.errors import CheckpointError, ConfigError
from vireid.models import CrossModalNetwork
from vireid.recipes import recipe_differences
from vireid.runs import Run
from vireid.training import TrainingState, pack, unpack
from vireid.types import Images

KEPT = 2
"""States that stay in a run folder: the newest, and one in case it cannot be read."""

_log = logging.getLogger(__name__)


def fingerprint(images: Images) -> str:
    """Return a text that changes when the training images do.

    Args:
        images: N training images.

    Returns:
        Their number and a hash of their paths, sizes in bytes, modalities and cameras.
    """
    digest = hashlib.sha256()
    for path, modality, camera in zip(images.paths, images.modality, images.camera, strict=True):
        size = (images.root / path).stat().st_size
        digest.update(f"{path}\0{size}\0{modality}\0{camera}\n".encode("utf-8", "surrogateescape"))
    return f"{len(images)} images, {digest.hexdigest()[:16]}"


def state_files(run: Run) -> list[Path]:
    """Return the saved states of a run, the newest first.

    Args:
        run: the run's folder.

    Returns:
        Files.
    """
    return sorted((run.folder / "states").glob("*.safetensors"), reverse=True)


def save_state(run: Run, state: TrainingState, recipe: Recipe, data: str) -> None:
    """Save where a training stands, whole or not at all, and let older states go.

    Args:
        run: the run's folder.
        state: between two steps.
        recipe: of the training.
        data: fingerprint of its images.

    Raises:
        CheckpointError: the file cannot be written; older states stay.
    """
    tensors, values = pack(state)
    name = f"{epochs_done(state, recipe):05d}-{state.step:06d}.safetensors"
    metadata = {"state": json.dumps(values), "data": data}
    save_checkpoint(run.folder / "states" / name, tensors, metadata)
    for old in state_files(run)[KEPT:]:
        old.unlink(missing_ok=True)


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
            tensors, metadata = load_checkpoint(file)
            if metadata["data"] != data:
                raise ConfigError(
                    f"{run.folder} was trained on other images ({metadata['data']}) than given "
                    f"({data}); give the same data or choose another --out"
                )
            return unpack(network, recipe, tensors, json.loads(metadata["state"]))
        except (CheckpointError, KeyError, json.JSONDecodeError) as error:
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
        ConfigError: it differs from the run's; all differences are listed.
    """
    differences = recipe_differences(run.recipe(), recipe)
    if differences:
        raise ConfigError(
            f"{run.folder} was begun with another recipe: {'; '.join(differences)}; leave the "
            "changes out or choose another --out"
        )


def epochs_done(state: TrainingState, recipe: Recipe) -> int:
    """Return how many epochs of all stages are finished.

    Args:
        state: of the training.
        recipe: all stages.

    Returns:
        0 or more.
    """
    return sum(stage.epochs for stage in recipe.stages[: state.stage]) + state.epoch


def steps_done(recipe: Recipe, stage: int, epoch: int, step: int = 0) -> int:
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
