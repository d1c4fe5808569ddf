"""What is read of a recipe where only its network is wanted: nothing that it names is imported."""

from dataclasses import dataclass, field, fields
from typing import Any

from vireid.config import Centre, EvaluationConfig, NetworkConfig
from vireid.errors import ConfigError
from vireid.recipes.classes import Classes
from vireid.recipes.reader import FAILED, Reader
from vireid.recipes.yaml_text import read_yaml


@dataclass(frozen=True)
class StageOutline:
    """A stage by its name and length."""

    name: str
    """Name of the stage in logs and files."""
    epochs: int
    """Epochs of the stage."""
    iterations: int = 20
    """Iterations of an epoch."""


@dataclass(frozen=True)
class Outline:
    """A recipe without losses and labelling: enough to build its network and find its files."""

    stages: tuple[StageOutline, ...]
    """The stages, in order."""
    height: int = 288
    """Height of the network's input in pixels."""
    width: int = 144
    """Width of the network's input in pixels."""
    network: NetworkConfig = field(default_factory=NetworkConfig)
    """The network."""
    seed: int = 0
    """Seed of the run."""
    evaluation: EvaluationConfig | None = None
    """How the run is evaluated and searched where nothing else is said."""

    @property
    def centre(self) -> Centre:
        """Whose statistics of cameras are taken off embeddings where nothing else is said."""
        return "none" if self.evaluation is None else self.evaluation.centre


def read_outline(text: str, source: str = "recipe") -> Outline:
    """Read the outline of a recipe, of whatever version; all else in it is passed over.

    Args:
        text: YAML, as ``dump_recipe`` writes it.
        source: where it is from, for messages.

    Returns:
        The outline.

    Raises:
        ConfigError: the text is no recipe, or settings of its network are not known.
    """
    settings = read_yaml(text, source)
    if not isinstance(settings, dict):
        raise ConfigError(f"{source} holds no settings; expected lines such as `height: 96`")
    reader = Reader(Classes())
    wanted = _only(settings, Outline)
    stages = settings.get("stages")
    if isinstance(stages, list):
        wanted["stages"] = [_only(stage, StageOutline) for stage in stages]
    found = reader.settings(Outline, wanted, "")
    if found is FAILED:
        raise ConfigError(f"{source}: {'; '.join(reader.problems)}")
    return found  # type: ignore[no-any-return]


def _only(settings: Any, kind: type) -> dict[str, Any]:
    """Return the settings that a dataclass has."""
    names = {one.name for one in fields(kind)}
    given = settings if isinstance(settings, dict) else {}
    return {name: value for name, value in given.items() if name in names}
