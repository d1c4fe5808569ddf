"""An earlier run whose network a training begins from."""

import logging
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from vireid.config import NetworkConfig
from vireid.errors import CheckpointError
from vireid.models import CrossModalNetwork, InitialWeights
from vireid.models.initial import sha256_of
from vireid.recipes import Outline, read_outline
from vireid.runs.checkpoint import load_checkpoint
from vireid.runs.checkpoint_head import FORMAT, load_metadata
from vireid.runs.folder import Run
from vireid.runs.last_stage import find_stage

_log = logging.getLogger(__name__)
WAY = "run"
"""What ``InitialWeights.way`` is where a training began from an earlier run."""


@dataclass(frozen=True)
class Former:
    """The checkpoint of an earlier run."""

    given: str
    """How it was named."""
    file: Path
    """The checkpoint."""
    stage: str
    """The stage after which it was saved."""
    recipe: Outline
    """Of that training."""


def find_former(weights: str) -> Former | None:
    """Return the earlier run that initial weights name, if they do.

    Args:
        weights: a run's folder, RUN@STAGE, the file of a checkpoint, or anything else that
            ``build_network`` takes.

    Returns:
        The run's checkpoint; that of its last finished stage where none is named. None where the
        weights are something else.

    Raises:
        CheckpointError: the folder holds no run, or not that stage; or the checkpoint is damaged.
        ConfigError: the recipe of that run is not valid.
    """
    path, _, stage = weights.rpartition("@")
    named = not Path(weights).exists() and bool(path) and Path(path).is_dir()
    folder = Path(path if named else weights)
    if folder.is_dir():
        run = Run(folder)
        recipe = run.outline()
        stage = find_stage(run, stage if named else None)
        return Former(weights, run.checkpoint_file(stage), stage, recipe)
    if not _is_checkpoint(folder):
        return None
    metadata = load_metadata(folder)
    if "recipe" not in metadata:
        raise CheckpointError(
            f"weights {weights} hold no recipe; expected a run's folder, or a file of its folder "
            "checkpoints/"
        )
    recipe = read_outline(metadata["recipe"], weights)
    return Former(weights, folder, metadata.get("stage", folder.stem), recipe)


def _is_checkpoint(path: Path) -> bool:
    """Tell whether a file is a network that this package has saved."""
    if not path.is_file():
        return False
    try:
        with safe_open(path, framework="pt") as file:
            return bool((file.metadata() or {}).get("format") == FORMAT)
    except (OSError, SafetensorError):
        return False  # weights of another origin, whose reader says what is wrong with them


def begin_from(
    network: CrossModalNetwork, former: Former, size: tuple[int, int], config: NetworkConfig
) -> None:
    """Give a new network the weights of an earlier run, all of them.

    Args:
        network: changed in place; ``initial`` says where its weights are from.
        former: the earlier run.
        size: height and width of the new network's images, in pixels.
        config: settings of the new network.

    Raises:
        CheckpointError: the earlier network is another one, or takes images of another size, or
            its weights are damaged or not finite.
    """
    _check_same(former, size, config)
    tensors, _ = load_checkpoint(former.file)
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        first = str(error).splitlines()[-1].strip()
        raise CheckpointError(f"{former.file} is not what its recipe says: {first}") from error
    wrong = [name for name, value in tensors.items() if not bool(torch.isfinite(value).all())]
    if wrong:
        raise CheckpointError(
            f"weights {former.given} hold NaN or infinite values, first in {wrong[0]!r}; name an "
            "earlier stage: RUN@STAGE"
        )
    source = str(former.file.resolve())
    network.initial = InitialWeights(WAY, source, former.stage, sha256_of(former.file))
    _log.info(f"weights {former.given}: the network of an earlier run after stage {former.stage}")


def _check_same(former: Former, size: tuple[int, int], config: NetworkConfig) -> None:
    """Refuse a network of other settings than the earlier one, and say how to set them alike."""
    before, now = _settings(former.recipe.network), _settings(config)
    before |= {"height": former.recipe.height, "width": former.recipe.width}
    now |= dict(zip(("height", "width"), size, strict=True))
    other = [name for name in now if before[name] != now[name]]
    if other:
        told = [f"{name} {_word(before[name])} there and {_word(now[name])} here" for name in other]
        same = " ".join(f"{name}={_word(before[name])}" for name in other)
        raise CheckpointError(
            f"weights {former.given} are of another network: {', '.join(told)}; train by the "
            f"recipe of that run, or --set {same}"
        )


def _settings(config: NetworkConfig) -> dict[str, object]:
    """Return what has to be the same, by the names of ``--set``."""
    found: dict[str, object] = {
        f"network.{one.name}": getattr(config, one.name)
        for one in fields(config)
        if one.name != "weights"
    }
    return found | {"network.backbone": config.backbone.partition(".")[0]}


def _word(value: object) -> str:
    """Return a setting as it is written after ``--set``."""
    if value is None:
        return "null"
    text = str(list(value)) if isinstance(value, tuple) else str(value).lower()
    return text.replace(" ", "")
