"""What an evaluation is to do, found and checked before any image is opened."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path

from vireid.data import DataFolder
from vireid.errors import CheckpointError, ConfigError, DataError
from vireid.runs import Origin, Run, find_stage, open_weights
from vireid.scoring.choice import choose_protocol
from vireid.scoring.files import read_json
from vireid.scoring.folds import open_for
from vireid.scoring.options import EVERY, EvaluationOptions
from vireid.scoring.protocol import Protocol

Model = Run | Path | str
"""A run, its folder, or a file with the weights of a stage."""


@dataclass(frozen=True)
class Task:
    """A run or weights, and what they are evaluated on."""

    model: Path
    """The folder or file."""
    data: DataFolder
    """The fold that they were trained on, where there are several."""
    protocol: Protocol
    """Queries and galleries."""
    stages: tuple[str | None, ...]
    """Of a run; None for the last. Weights have one."""
    place: Path
    """The folder that gets the files."""

    @property
    def folders(self) -> list[Path]:
        """All folders that are written to."""
        return [self.place] if self.model.is_file() else [self.model, self.place]


def prepare(
    models: Sequence[Model], data: DataFolder | Path | str, options: EvaluationOptions
) -> list[Task]:
    """Find what models are evaluated on, and see that all of it can be done.

    Args:
        models: runs or weights, at least one.
        data: a data set, or where it is.
        options: how.

    Returns:
        What is to be done.

    Raises:
        VireidError: a model or the data cannot be used, they do not belong together, a model is
            named twice, a folder cannot be written to, or a file of scores that is added to is
            damaged.
    """
    paths = [path_of(model) for model in models]
    _check_models(paths, options)
    tasks = [_task(path, data, options, several=len(paths) > 1) for path in paths]
    places = [place for task in tasks for place in task.folders]
    for place in places + [means_file(paths, options.out).parent] * (len(tasks) > 1):
        _make_place(place)
    return tasks


def path_of(model: Model) -> Path:
    """Return where a model is.

    Args:
        model: a run, its folder or a file with weights.

    Returns:
        The folder or file.

    Raises:
        ConfigError: it is something else, such as embeddings.
    """
    if not isinstance(model, Run | Path | str):
        raise ConfigError(
            f"evaluate takes a run or its weights, not {type(model).__name__}; embeddings are "
            "scored by vireid.score"
        )
    return model.folder if isinstance(model, Run) else Path(model).expanduser()


def means_file(models: Sequence[Path], out: Path | None = None) -> Path:
    """Return the file that the mean over several models is written to.

    Args:
        models: folders and files, at least one.
        out: the folder asked for, if any.

    Returns:
        runs.json in that folder, else in the one that holds all models, at any depth.
    """
    return (out or Path(commonpath([model.resolve().parent for model in models]))) / "runs.json"


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


def _check_models(models: Sequence[Path], options: EvaluationOptions) -> None:
    """Refuse what cannot be evaluated, or would be evaluated twice."""
    for model in models:
        if not model.is_file():
            finished(Run(model))
        elif options.stages is not None:
            raise ConfigError(
                f"--stage and --every-stage apply to runs; {model} is a file: leave them out"
            )
    _check_twice([str(model.resolve()) for model in models], "name each run once")
    if options.out:
        _check_twice([_name(model) for model in models], "leave --out out")


def _check_twice(names: Sequence[str], advice: str) -> None:
    """Refuse names that are not all different."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"{', '.join(twice)}: named twice; {advice}")


def _task(
    model: Path, data: DataFolder | Path | str, options: EvaluationOptions, *, several: bool
) -> Task:
    """Find what a run or weights are evaluated on."""
    origin, stages = _origin_and_stages(model, options)
    opened = open_for(model, origin, data, options.fold)
    out = options.out
    if out and several:
        out = out / _name(model)
    place = _place(model, out)
    read_json(place / "evaluation.json")
    return Task(model, opened, choose_protocol(opened, options.protocol), stages, place)


def _origin_and_stages(
    model: Path, options: EvaluationOptions
) -> tuple[Origin, tuple[str | None, ...]]:
    """Return what a model was trained on, and which of its stages are meant."""
    if model.is_file():
        return open_weights(model).origin, (None,)
    run = Run(model)
    stages = tuple(run.stages()) if options.stages == EVERY else options.names()
    for stage in stages:
        find_stage(run, stage)
    for file in (run.metrics_file, run.timing_file):
        read_json(file)
    return run.origin(), stages


def _name(model: Path) -> str:
    """Return what the folder of a model's results is called."""
    return model.stem if model.is_file() else model.resolve().name


def _place(model: Path, out: Path | None) -> Path:
    """Return the folder asked for; else the run's, or one beside the weights."""
    if out is not None:
        return out
    return model.with_name(f"{model.stem}-evaluation") if model.is_file() else model


def _make_place(folder: Path) -> None:
    """Make a folder, and see that it can be written to before hours are spent on what will be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        reason = "" if os.access(folder, os.W_OK | os.X_OK) else "permission denied"
    except (FileExistsError, NotADirectoryError):
        reason = "it is or lies in a file"
    except OSError as error:
        reason = str(error.strerror)
    if reason:
        raise DataError(f"cannot write to {folder}: {reason}; choose another folder by --out")
