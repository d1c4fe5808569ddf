"""A run folder: the resolved recipe, a checkpoint for each stage, logs and figures."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vireid.config import Recipe
from vireid.errors import CheckpointError, DataError
from vireid.recipes import Outline, parse_recipe, read_outline
from vireid.types import Levels

BEFORE = "before"
"""Name of the checkpoint taken before training."""
CLEAREST = "clearest"
"""Name of the checkpoint of the last stage whose labels looked best, by no identities."""

KEPT = 2
"""States that stay in a run folder if nothing else is said: the newest, and one in case it cannot
be read."""


@dataclass(frozen=True)
class Origin:
    """Which data a network was trained on; None where unknown."""

    data: str | None = None
    """The data's name."""
    fold: int | None = None
    """Which of several folds of the data; None where it has no folds."""


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
        """Name and fold of the data it was trained on, JSON."""
        return self.folder / "data.json"

    @property
    def levels_file(self) -> Path:
        """What becomes black and white of images of more than 8 bits, JSON."""
        return self.folder / "levels.json"

    @property
    def weights_file(self) -> Path:
        """Where the initial weights came from, JSON."""
        return self.folder / "weights.json"

    @property
    def log_file(self) -> Path:
        """One JSON object for each epoch."""
        return self.folder / "metrics.jsonl"

    @property
    def metrics_file(self) -> Path:
        """Test scores by stage, JSON."""
        return self.folder / "metrics.json"

    @property
    def rates_file(self) -> Path:
        """Error rates of comparisons, learned by `vireid calibrate`, JSON."""
        return self.folder / "rates.json"

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

    def has_ended(self) -> bool:
        """Tell whether the training came to its end.

        Returns:
            True where its times are written and no state is kept to go on from.
        """
        return self.timing_file.exists() and not any(self.folder.glob("states/*.safetensors"))

    def origin(self) -> Origin:
        """Return which data the run was trained on, as far as its folder says.

        Returns:
            The data's name and its fold.
        """
        try:
            found = json.loads(self.data_file.read_text(encoding="utf-8"))
            name, fold = found["name"], found["fold" if "fold" in found else "trial"]
        except (OSError, ValueError, LookupError, TypeError):
            return Origin()  # older than this file
        return Origin(str(name), fold if isinstance(fold, int) else None)

    def levels(self) -> Levels | None:
        """Return the levels of the images of more than 8 bits that the run was trained on.

        Returns:
            The levels; None where there are none, or the run is older than their file.

        Raises:
            CheckpointError: the file is damaged.
        """
        try:
            found = Levels.from_json(self.levels_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, DataError) as error:
            raise CheckpointError(f"{self.levels_file} is damaged: {error}") from error
        return found if found.spans else None

    def recipe_name(self) -> str | None:
        """Return what the run's recipe is called.

        Returns:
            Its name, and whether settings were changed; None where the folder does not say.
        """
        return self._told("recipe")

    def labeller_name(self) -> str | None:
        """Return what labelled in place of the recipe's labeller, such as true identities.

        Returns:
            Module and name of its class; None where the recipe's did, or the folder does not say.
        """
        return self._told("labeller")

    def says_labeller(self) -> bool:
        """Tell whether the folder says what labelled, which those of earlier versions do not.

        Returns:
            True where it does, be it that the recipe's labeller did.
        """
        return "labeller" in self.beside()

    def _told(self, name: str) -> str | None:
        """Return what the file beside the recipe says under a name; None where it does not."""
        found = self.beside().get(name)
        return None if found is None else str(found)

    def beside(self) -> dict[str, Any]:
        """Return what the file beside the recipe says of the data.

        Returns:
            Values by name; nothing where the file is missing or damaged.
        """
        try:
            found = json.loads(self.data_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def seconds(self) -> dict[str, float]:
        """Return what the parts of a finished training took.

        Returns:
            Seconds in ``reading``, in ``training``, and in its parts ``labelling`` and ``steps``.

        Raises:
            CheckpointError: the training is not finished, or the file is damaged.
        """
        try:
            found: dict[str, float] = json.loads(self.timing_file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CheckpointError(
                f"{self.timing_file} is missing or damaged; expected that of a finished training"
            ) from error
        return found

    def recipe_text(self) -> str:
        """Return the text of the run's recipe.

        Returns:
            YAML, every setting resolved.

        Raises:
            CheckpointError: the folder holds no run, or its recipe is damaged.
        """
        try:
            return self.recipe_file.read_text(encoding="utf-8")
        except OSError as error:
            raise CheckpointError(
                f"{self.folder} holds no recipe.yaml; expected a folder that "
                "`vireid train ... --out` wrote"
            ) from error
        except UnicodeDecodeError as error:
            raise CheckpointError(f"{self.recipe_file} is damaged; train anew") from error

    def recipe(self) -> Recipe:
        """Return the recipe of the run; nothing that it names is imported.

        Returns:
            The recipe.

        Raises:
            CheckpointError: the folder holds no run, or its recipe is damaged.
            ConfigError: the recipe is not valid, or names classes from outside the package.
        """
        return parse_recipe(self.recipe_text(), source=str(self.recipe_file))

    def outline(self) -> Outline:
        """Return the network and the stages of the run's recipe, of whatever version it is.

        Returns:
            The outline.

        Raises:
            CheckpointError: the folder holds no run, or its recipe is damaged.
            ConfigError: the recipe is not valid.
        """
        return read_outline(self.recipe_text(), str(self.recipe_file))

    def stages(self) -> list[str]:
        """Return the names of the finished stages, ``before`` first.

        Returns:
            Names in the order of training.
        """
        wanted = [BEFORE, *(stage.name for stage in self.outline().stages)]
        return [name for name in wanted if self.checkpoint_file(name).is_file()]
