"""The networks of a run: made by its recipe, saved after a stage, read again."""

import math
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from vireid.config import Recipe
from vireid.errors import CheckpointError, ConfigError
from vireid.exporting.hub import hub_copy
from vireid.models import CrossModalNetwork
from vireid.recipes import dump_recipe, read_outline
from vireid.runs.building import Weights as Weights
from vireid.runs.building import new_network as new_network
from vireid.runs.centring import KEPT_AS
from vireid.runs.checkpoint import load_checkpoint, load_metadata, load_weights, save_checkpoint
from vireid.runs.folder import CLEAREST, Origin, Run
from vireid.runs.from_hub import open_hub
from vireid.runs.last_stage import find_stage
from vireid.types import Levels, NamedStatistics


def save_network(run: Run, stage: str, network: CrossModalNetwork, recipe: Recipe) -> None:
    """Write the checkpoint of a stage.

    Args:
        run: the run's folder.
        stage: its name, or ``before``.
        network: whose weights.
        recipe: kept inside the file, with what the run was trained on, so that it can be read
            alone.

    Raises:
        CheckpointError: the file cannot be written.
    """
    save_weights(run, stage, network.state_dict(), recipe)


def save_weights(
    run: Run,
    stage: str,
    weights: Mapping[str, Tensor],
    recipe: Recipe,
    *,
    cameras: NamedStatistics | None = None,
) -> None:
    """Write the checkpoint of a stage, of weights that were copied before.

    Args:
        run: the run's folder.
        stage: its name, or ``before``.
        weights: of the network, by name.
        recipe: kept inside the file, as for ``save_network``.
        cameras: what its embeddings of the training images have in common, kept there too.

    Raises:
        CheckpointError: the file cannot be written.
    """
    save_checkpoint(run.checkpoint_file(stage), weights, _metadata(run, stage, recipe, cameras))


def keep_clearest(
    run: Run,
    weights: Mapping[str, Tensor],
    recipe: Recipe,
    clarity: float,
    *,
    cameras: NamedStatistics | None = None,
) -> None:
    """Write a checkpoint unless there is one whose labels looked better.

    Args:
        run: the run's folder.
        weights: of the network, by name.
        recipe: kept inside the file.
        clarity: how good the labels look that the network made; more is better.
        cameras: as for ``save_weights``.

    Raises:
        CheckpointError: the file cannot be written.
    """
    file = run.checkpoint_file(CLEAREST)
    if file.is_file() and float(load_metadata(file).get("clarity", -math.inf)) >= clarity:
        return
    metadata = _metadata(run, CLEAREST, recipe, cameras) | {"clarity": repr(clarity)}
    save_checkpoint(file, weights, metadata)


def _metadata(
    run: Run, stage: str, recipe: Recipe, cameras: NamedStatistics | None
) -> dict[str, str]:
    """Return what a checkpoint says of itself; of its data only where that has folds."""
    origin = run.origin()
    fold = {} if origin.fold is None else {"data": str(origin.data), "fold": str(origin.fold)}
    levels = run.levels()
    kept = {} if levels is None else {"levels": levels.to_json()}
    kept |= {} if cameras is None else {KEPT_AS: cameras.to_json()}
    return {"stage": stage, "recipe": dump_recipe(recipe)} | fold | kept


def load_network(run: Run | Path | str, stage: str | None = None) -> CrossModalNetwork:
    """Return the trained network of a run, of one of its checkpoints, or of the hub.

    Nothing that a recipe or a configuration names is imported.

    Args:
        run: a run, its folder, a checkpoint's file, the folder of a copy from the hub, or the
            copy's name, ``hub:OWNER/NAME`` or ``hub:OWNER/NAME@REVISION``, which is fetched.
        stage: its name, ``before`` or ``clearest``; the last finished stage of the run where not
            given. A file or a copy has only one.

    Returns:
        The network in evaluation mode, on the CPU.

    Raises:
        CheckpointError: the run, the stage or the file is missing or damaged.
        ConfigError: a stage is given with a file or copy, or the recipe is not valid.
    """
    return open_network(run, stage).network


def open_network(run: Run | Path | str, stage: str | None = None) -> Weights:
    """Read the trained network of a run, or of one of its checkpoints, with what is said of it.

    Args:
        run: as for ``load_network``.
        stage: as for ``load_network``.

    Returns:
        The network and what is said of it.

    Raises:
        CheckpointError: as for ``load_network``.
        ConfigError: as for ``load_network``.
    """
    if not isinstance(run, Run) and Path(run).is_file():
        if stage is not None:
            raise ConfigError(f"stage {stage} applies to runs; {run} is a file: leave it out")
        return open_weights(Path(run))
    copy = None if isinstance(run, Run) else hub_copy(run)
    if copy is not None:
        if stage is not None:
            raise ConfigError(f"stage {stage} applies to runs; {run} has only one: leave it out")
        return open_hub(copy)
    run = run if isinstance(run, Run) else Run(Path(run))
    recipe, wanted = run.outline(), find_stage(run, stage)
    network, file = new_network(recipe, weights="none"), run.checkpoint_file(wanted)
    load_weights(network, file)
    text, levels = run.recipe_text(), run.levels()
    return Weights(network.eval(), recipe, wanted, run.origin(), file, text, levels)


def open_weights(path: Path) -> Weights:
    """Read a checkpoint away from its run.

    Args:
        path: a file that ``save_network`` wrote.

    Returns:
        The network and what the file says of it.

    Raises:
        CheckpointError: the file is missing or damaged, or is no checkpoint of a network.
        ConfigError: the recipe inside is not valid.
    """
    _, metadata = load_checkpoint(path)
    if "recipe" not in metadata:
        raise CheckpointError(
            f"{path} holds no recipe; expected a file of a run's folder checkpoints/"
        )
    recipe = read_outline(metadata["recipe"], str(path))
    network = new_network(recipe, weights="none")
    load_weights(network, path)
    fold = metadata.get("fold", metadata.get("trial"))  # trial: as version 0.1.0 called it
    origin = Origin(metadata.get("data"), None if fold is None else int(fold))
    levels = Levels.from_json(metadata["levels"]) if "levels" in metadata else None
    stage = metadata.get("stage", path.stem)
    return Weights(network.eval(), recipe, stage, origin, path, metadata["recipe"], levels)
