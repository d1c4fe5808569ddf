"""What an evaluation is to do, found and checked before any image is opened."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path

from vireid.data import DataFolder
from vireid.errors import DataError
from vireid.exporting.facts import is_export
from vireid.runs import Origin, Run, find_stage, open_weights
from vireid.runs.folds import open_for
from vireid.runs.opened_export import OpenedExport
from vireid.scoring.centring import (
    PLAIN,
    Centring,
    export_centring,
    features_centring,
    network_centring,
)
from vireid.scoring.choice import choose_protocol
from vireid.scoring.features import InMemory, features_of, is_features, taken_off
from vireid.scoring.files import read_json, read_scores
from vireid.scoring.models_given import (
    IN_MEMORY,
    Model,
    check_models,
    finished,
    name_of,
    path_of,
)
from vireid.scoring.options import EVERY, EvaluationOptions
from vireid.scoring.protocol import Protocol
from vireid.types import Embeddings


@dataclass(frozen=True)
class Task:
    """A run, weights or features, and what they are evaluated on."""

    model: Path
    """The folder or file; ``IN_MEMORY`` for features in memory."""
    data: DataFolder
    """The fold that they were trained on, where there are several."""
    protocols: tuple[Protocol, ...]
    """Queries and galleries, at least one."""
    stages: tuple[str | None, ...]
    """Of a run; None for the last. Weights have one."""
    place: Path | None
    """The folder that gets the files; None for none."""
    features: Embeddings | None = None
    """Of the test images, where that is what is evaluated."""
    centring: Centring = PLAIN
    """Whose statistics of cameras are taken off embeddings."""

    @property
    def is_run(self) -> bool:
        """Whether it is a run, whose scores are kept in its folder too."""
        alone = self.model.is_file() or is_export(self.model)
        return self.features is None and not alone

    @property
    def folders(self) -> list[Path]:
        """All folders that are written to."""
        return [place for place in (self.model if self.is_run else None, self.place) if place]


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
    check_models(models, paths, data, options)
    tasks = [
        _task(model, path, data, options, several=len(paths) > 1)
        for model, path in zip(models, paths, strict=True)
    ]
    places = [place for task in tasks for place in task.folders]
    for place in places + [means_file(paths, options.out).parent] * (len(tasks) > 1):
        _make_place(place)
    return tasks


def means_file(models: Sequence[Path], out: Path | None = None) -> Path:
    """Return the file that the mean over several models is written to.

    Args:
        models: folders and files, at least one.
        out: the folder asked for, if any.

    Returns:
        runs.json in that folder, else in the one that holds all models, at any depth.
    """
    return (out or Path(commonpath([model.resolve().parent for model in models]))) / "runs.json"


def _task(
    model: Model,
    path: Path,
    data: DataFolder | Path | str,
    options: EvaluationOptions,
    *,
    several: bool,
) -> Task:
    """Find what a run, weights or features are evaluated on."""
    in_memory, file = path is IN_MEMORY, is_features(path)
    origin, stages, centring = Origin(), options.names(), PLAIN
    if not (in_memory or file):
        origin, stages, centring = _origin_and_stages(path, options)
    opened = open_for(path, origin, data, options.fold)
    out = options.out
    if out and several:
        out = out / name_of(path)
    place = out if in_memory else _place(path, out)
    if place is not None:
        read_scores(place / "evaluation.json")
    protocols = tuple(choose_protocol(opened, one) for one in options.protocols())
    features = None
    if in_memory or file:
        given: Path | InMemory = path if file else model  # type: ignore[assignment]
        centring = features_centring(options.centre, str(path), taken_off(given))
        features = features_of(given, opened.test)
    return Task(path, opened, protocols, stages, place, features, centring)


def _origin_and_stages(
    model: Path, options: EvaluationOptions
) -> tuple[Origin, tuple[str | None, ...], Centring]:
    """Return what a model was trained on, which of its stages are meant, and how it is centred."""
    if model.is_file():
        weights = open_weights(model)
        centring = network_centring(options.centre, weights.recipe, {weights.stage: model})
        return weights.origin, (None,), centring
    if is_export(model):
        kept = OpenedExport(model, options.device)
        return kept.origin, (None,), export_centring(options.centre, kept)
    run = Run(model)
    every = options.stages == EVERY
    stages = tuple(run.stages()) if every else options.names()
    for stage in (*stages, None) if every else stages:
        find_stage(run, stage)
    names = [stage or finished(run)[-1] for stage in stages]
    files = {name: run.checkpoint_file(name) for name in names}
    centring = network_centring(options.centre, run.outline(), files)
    read_scores(run.metrics_file)
    read_json(run.timing_file)
    return run.origin(), stages, centring


def _place(model: Path, out: Path | None) -> Path:
    """Return the folder asked for; else the run's, or one beside the weights."""
    if out is not None:
        return out
    if model.is_file() or is_export(model):
        return model.with_name(f"{name_of(model)}-evaluation")
    return model


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
