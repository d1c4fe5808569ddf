"""What is given as models: where each is, and whether it can be evaluated at all."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vireid.data import DataFolder, has_layout
from vireid.errors import CheckpointError, ConfigError, some
from vireid.exporting.facts import is_export
from vireid.ranking import Gallery
from vireid.runs import Run
from vireid.runs.overview import find_runs
from vireid.scoring.features import InMemory, is_features
from vireid.scoring.options import EvaluationOptions
from vireid.types import Embeddings

Model = Run | Path | str | InMemory
"""A run, its folder, a file with the weights of a stage or with features, or features."""

IN_MEMORY = Path("features")
"""What features in memory are called."""


def path_of(model: Model) -> Path:
    """Return where a model is.

    Args:
        model: a run, its folder, a file with weights or features, or features.

    Returns:
        The folder or file.

    Raises:
        ConfigError: it is something else.
    """
    if isinstance(model, Embeddings | Gallery | np.ndarray):
        return IN_MEMORY
    if not isinstance(model, Run | Path | str):
        raise ConfigError(
            f"evaluate takes a run, its weights or features, not {type(model).__name__}"
        )
    return model.folder if isinstance(model, Run) else Path(model).expanduser()


def name_of(model: Path) -> str:
    """Return what the folder of a model's results is called.

    Args:
        model: the folder or file.

    Returns:
        A name.
    """
    return model.stem if model.is_file() else model.resolve().name


def finished(run: Run) -> list[str]:
    """Return the stages of a run that can be evaluated.

    Args:
        run: the run.

    Returns:
        Their names, in order.

    Raises:
        CheckpointError: there are none, or the folder holds no run.
    """
    stages = run.stages()
    if not stages:
        raise CheckpointError(f"{run.folder} holds no checkpoint; train anew, in another folder")
    return stages


def check_models(
    models: Sequence[Model],
    paths: Sequence[Path],
    data: DataFolder | Path | str,
    options: EvaluationOptions,
) -> None:
    """Refuse what cannot be evaluated, or would be evaluated twice.

    Args:
        models: what is given, at least one.
        paths: where each is.
        data: what they are to be evaluated on.
        options: how.

    Raises:
        VireidError: one is no model, options do not apply to it, or it is named twice.
    """
    for model, path in zip(models, paths, strict=True):
        if path is IN_MEMORY or is_features(path):
            _check_options(path, options)
        elif not (path.is_file() or is_export(path)):
            _check_run(path, data)
        elif options.stages is not None:
            kind = "a file" if path.is_file() else "an export"
            raise ConfigError(
                f"--stage and --every-stage apply to runs; {model} is {kind}: leave them out"
            )
    _check_twice([str(path.resolve()) for path in paths], "name each run once")
    if options.out:
        _check_twice([name_of(path) for path in paths], "leave --out out")


def _check_options(path: Path, options: EvaluationOptions) -> None:
    """Refuse what applies to networks alone."""
    for given, option in (
        (options.stages is not None, "--stage and --every-stage"), (options.flip, "--flip"),
    ):  # fmt: skip
        if given:
            raise ConfigError(
                f"{path} holds features, which are final: leave {option} out, or give a run"
            )


def _check_run(folder: Path, data: DataFolder | Path | str) -> None:
    """Refuse a folder that is no run, and say what it seems to be."""
    run = Run(folder)
    if run.recipe_file.exists():
        finished(run)
        return
    if folder.is_dir() and has_layout(folder) and isinstance(data, Path | str):
        other = Path(data).expanduser()
        if Run(other).recipe_file.exists() or other.suffix.lower() in (".safetensors", ".npz"):
            raise ConfigError(
                f"{folder} is a data set and {other} a run or a file of one: they are swapped; "
                f"expected vireid evaluate {other} {folder}"
            )
        raise ConfigError(f"{folder} is a data set; expected a run first, then the data")
    below = [str(found) for found in find_runs([folder])] if folder.is_dir() else []
    if below:
        raise CheckpointError(
            f"{folder} holds no recipe.yaml, but there are runs below it: {some(below)}; name those"
        )
    finished(run)


def _check_twice(names: Sequence[str], advice: str) -> None:
    """Refuse names that are not all different."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"{', '.join(twice)}: named twice; {advice}")
