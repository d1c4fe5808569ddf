"""A run folder: the resolved recipe, a checkpoint for each stage, logs and figures."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from vireid.checkpoint import load_checkpoint, load_weights, save_checkpoint
from vireid.config import Recipe
from vireid.errors import CheckpointError
from vireid.models import CrossModalNetwork, build_network
from vireid.recipes import dump_recipe, parse_recipe

BEFORE = "before"
"""Name of the checkpoint taken before training."""
CLEAREST = "clearest"
"""Name of the checkpoint of the last stage whose labels looked best, by no identities."""


@dataclass(frozen=True)
class Run:
    """Where a run keeps its files."""

    folder: Path
    """The run's folder; text is taken as a path."""

    def __post_init__(self) -> None:
        """Accept text."""
        object.__setattr__(self, "folder", Path(self.folder))

    @property
    def recipe_file(self) -> Path:
        """The resolved recipe, YAML."""
        return self.folder / "recipe.yaml"

    @property
    def data_file(self) -> Path:
        """Name and trial of the data it was trained on, JSON."""
        return self.folder / "data.json"

    @property
    def log_file(self) -> Path:
        """One JSON object for each epoch."""
        return self.folder / "metrics.jsonl"

    @property
    def metrics_file(self) -> Path:
        """Test scores by stage, JSON."""
        return self.folder / "metrics.json"

    @property
    def timing_file(self) -> Path:
        """Seconds of the training's parts, JSON."""
        return self.folder / "timing.json"

    @property
    def lock_file(self) -> Path:
        """Held as long as a process trains in the folder."""
        return self.folder / ".lock"

    def checkpoint_file(self, stage: str) -> Path:
        """Return the checkpoint of a stage.

        Args:
            stage: its name, or ``before``.

        Returns:
            The path.
        """
        return self.folder / "checkpoints" / f"{stage}.safetensors"

    def trial(self) -> int | None:
        """Return which of several splits of the data the run was trained on.

        Returns:
            Its number; None where the data has no splits, or nothing is known.
        """
        try:
            trial = json.loads(self.data_file.read_text(encoding="utf-8"))["trial"]
        except (OSError, ValueError, LookupError, TypeError):
            return None  # runs without a trial, or older than this file
        return trial if isinstance(trial, int) else None

    def recipe(self) -> Recipe:
        """Return the recipe of the run.

        Returns:
            The recipe.

        Raises:
            CheckpointError: the folder holds no run, or its recipe is damaged.
            ConfigError: the recipe is not valid.
        """
        try:
            text = self.recipe_file.read_text(encoding="utf-8")
        except OSError as error:
            raise CheckpointError(
                f"{self.folder} holds no recipe.yaml; expected a folder that "
                "`vireid train ... --out` wrote"
            ) from error
        except UnicodeDecodeError as error:
            raise CheckpointError(f"{self.recipe_file} is damaged; train anew") from error
        return parse_recipe(text, source=str(self.recipe_file))

    def stages(self) -> list[str]:
        """Return the names of the finished stages, ``before`` first.

        Returns:
            Names in the order of training.
        """
        wanted = [BEFORE, *(stage.name for stage in self.recipe().stages)]
        return [name for name in wanted if self.checkpoint_file(name).is_file()]


def new_network(recipe: Recipe, *, weights: str | None = None) -> CrossModalNetwork:
    """Build the network of a recipe.

    Args:
        recipe: size and options of the network.
        weights: none, pip, hub or a file; the recipe's choice where not given.

    Returns:
        The network with its initial weights, on the CPU.

    Raises:
        ConfigError: the backbone or an option is unknown or does not apply.
        CheckpointError: the weights cannot be had.
    """
    config = recipe.network
    return build_network(
        config.backbone,
        depth=config.depth,
        frozen=config.frozen,
        stem_stages=config.stem_stages,
        stripes=config.stripes,
        last_stride=config.last_stride,
        nonlocal_blocks=config.non_local,
        split_statistics=config.split_statistics,
        weights=config.weights if weights is None else weights,
        seed=recipe.seed,
    )


def save_network(run: Run, stage: str, network: CrossModalNetwork, recipe: Recipe) -> None:
    """Write the checkpoint of a stage.

    Args:
        run: the run's folder.
        stage: its name, or ``before``.
        network: whose weights.
        recipe: kept inside the file, with the trial of the run, so that it can be read alone.

    Raises:
        CheckpointError: the file cannot be written.
    """
    metadata = {"stage": stage, "recipe": dump_recipe(recipe)}
    trial = run.trial()
    if trial is not None:
        metadata["trial"] = str(trial)
    save_checkpoint(run.checkpoint_file(stage), network.state_dict(), metadata)


def keep_clearest(run: Run, network: CrossModalNetwork, recipe: Recipe, clarity: float) -> None:
    """Write a checkpoint unless there is one whose labels looked better.

    Args:
        run: the run's folder.
        network: whose weights.
        recipe: kept inside the file.
        clarity: how good the labels look that the network made; more is better.

    Raises:
        CheckpointError: the file cannot be written.
    """
    file = run.checkpoint_file(CLEAREST)
    if file.is_file() and float(load_checkpoint(file)[1].get("clarity", -math.inf)) >= clarity:
        return
    metadata = {"stage": CLEAREST, "recipe": dump_recipe(recipe), "clarity": repr(clarity)}
    save_checkpoint(file, network.state_dict(), metadata)


def load_network(run: Run, stage: str | None = None) -> CrossModalNetwork:
    """Return the trained network of a run.

    Args:
        run: the run's folder.
        stage: its name, ``before`` or ``clearest``; the last finished stage where not given.

    Returns:
        The network in evaluation mode, on the CPU.

    Raises:
        CheckpointError: the run or the stage is missing or damaged.
    """
    recipe, stages = run.recipe(), run.stages()
    wanted = stage or (stages[-1] if stages else BEFORE)
    if wanted not in [*stages, CLEAREST] or not run.checkpoint_file(wanted).is_file():
        raise CheckpointError(
            f"{run.folder} has no stage {wanted}; it has: {', '.join(stages) or 'none yet'}"
        )
    network = new_network(recipe, weights="none")
    load_weights(network, run.checkpoint_file(wanted))
    return network.eval()


@dataclass(frozen=True)
class Weights:
    """A checkpoint by itself: the network, and what its file says of it."""

    network: CrossModalNetwork
    """In evaluation mode, on the CPU."""
    recipe: Recipe
    """Of the training."""
    stage: str
    """The stage after which it was saved, or ``before``."""
    trial: int | None
    """Which of several splits of the data it was trained on, where known."""


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
    recipe = parse_recipe(metadata["recipe"], source=str(path))
    network = new_network(recipe, weights="none")
    load_weights(network, path)
    trial = int(metadata["trial"]) if "trial" in metadata else None
    return Weights(network.eval(), recipe, metadata.get("stage", path.stem), trial)
