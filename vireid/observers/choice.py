"""Which observers a training has."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from vireid.errors import ConfigError
from vireid.observers.json_lines import JsonLines
from vireid.observers.mlflow_run import MlflowRun
from vireid.observers.observer import Observer
from vireid.observers.tensorboard_events import TensorBoardEvents
from vireid.observers.together import Observers
from vireid.observers.wandb_run import WandbRun

CHOICES = ("tensorboard", "wandb", "mlflow")
"""Observers that may be asked for; the log of lines is always written."""


def check_installed(names: Sequence[str]) -> None:
    """Check that the packages behind observers can be imported, and import them.

    Args:
        names: some of the choices.

    Raises:
        ConfigError: one of them cannot.
    """
    for name in names:
        try:
            import_module(name)
        except ImportError as error:
            package = "vireid" if name == "tensorboard" else f"'vireid[{name}]'"
            raise ConfigError(
                f"--log {name} needs the package {name}, which cannot be imported ({error}); "
                f"install it by: pip install {package}"
            ) from error


def open_observers(
    names: Sequence[str], log: Path, recipe: Mapping[str, Any], begun: int
) -> Observers:
    """Open the log of a run, and the observers asked for.

    Args:
        names: some of the choices.
        log: the file of the log; observers write into ``logs`` beside it.
        recipe: all settings of the run, nested plain values.
        begun: steps of the run that are done; what was written of later ones is taken away, or
            not written again.

    Returns:
        All of them as one; those that cannot be opened are reported and left out.

    Raises:
        DataError: the log cannot be written.
    """
    lines = JsonLines(log, begun)
    folder, name = log.parent / "logs", log.parent.absolute().name
    every: dict[str, Callable[[], Observer]] = {
        "tensorboard": lambda: TensorBoardEvents(folder / "tensorboard", begun),
        "wandb": lambda: WandbRun(folder, name, recipe),
        "mlflow": lambda: MlflowRun(folder, name, recipe),
    }
    wanted = {choice: every[choice] for choice in CHOICES if choice in names}
    return Observers({log.name: lambda: lines, **wanted})
