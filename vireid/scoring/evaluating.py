"""The verb: a run or weights + test images -> scores, their files and a figure."""

import logging
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from vireid.cluster.threads import thread_count
from vireid.config import Centre
from vireid.data import DataFolder
from vireid.exporting.exported import Exported
from vireid.exporting.facts import is_export
from vireid.models import CrossModalNetwork
from vireid.observers import Progress, silent
from vireid.recipes import Outline
from vireid.runs import Run, load_network, open_weights
from vireid.runs.leveling import LevelWords, levels_of, with_levels
from vireid.scoring.account import account_of
from vireid.scoring.choice import ProtocolOptions
from vireid.scoring.evaluation import Evaluation
from vireid.scoring.features import score_features
from vireid.scoring.files import merge_metrics, named_file, write_scores
from vireid.scoring.models_given import Model, finished
from vireid.scoring.networks import Scored, score_networks
from vireid.scoring.options import EvaluationOptions
from vireid.scoring.pictures import draw_examples
from vireid.scoring.tally import said_of
from vireid.scoring.tasks import Task, prepare
from vireid.types import Levels

_log = logging.getLogger("vireid")


def evaluate(
    model: Model,
    data: DataFolder | Path | str,
    *,
    stages: str | Sequence[str] | None = None,
    protocol: ProtocolOptions | str | None = None,
    flip: bool = False,
    rerank: bool = False,
    centre: Centre | None = None,
    out: Path | str | None = None,
    fold: int | None = None,
    device: str = "auto",
    cache: str | None = None,
    levels: LevelWords = None,
    progress: Progress = silent,
) -> Evaluation:
    """Score a trained model on test images with known identities, and write what was found.

    Every test image is embedded once by each stage, on the fold that the model was trained on.
    The folder of the run, or the one beside the file, gets evaluation.json, a table of all queries
    and a figure of ranked lists; a run's metrics.json gets the scores too. Protocols stand side by
    side in them. ``evaluate_each`` scores several protocols at once. What may mislead is logged as
    a warning.

    Args:
        model: a ``Run``, the folder of one, a file with its weights, or an export; or features
            of any model: an npz or npy file, or an array [M, D] of the M test images in their
            order, an ``Embeddings`` or a ``Gallery``, of which files are written with ``out`` only.
        data: a data set, or where it is; its test part is used.
        stages: of a run: ``"every"`` (before and after each stage), a name or several; the last
            stage where not given.
        protocol: "sysu", "regdb", "llcm", "plain" or "leave-one-out", or ``ProtocolOptions``; that
            of the data's layout where not given.
        flip: average the embedding of each image with that of its mirror image.
        rerank: re-rank by k-reciprocal neighbours; time grows with the square of a draw's
            images.
        centre: take off each embedding the mean of its camera, by statistics of the training
            images, which the run keeps ("training"), or of all test images ("own"), or nothing
            ("none"); as the recipe says where not given.
        out: the folder of all files but metrics.json, in place of the usual one.
        fold: which fold of the data; that of the training where not given.
        device: where to compute; "auto" takes a GPU if there is one.
        cache: a folder for decoded images, ``"none"`` for memory; where not given, memory for
            small data and the user's cache directory for other.
        levels: what becomes black and white of images of more than 8 bits, as the words of
            ``--levels`` or ``Levels``; as in the training where not given.
        progress: shows how far the embedding is.

    Returns:
        The scores by stage. ``print`` shows their table, ``table()`` gives them by name.

    Raises:
        ConfigError: an option is out of range or does not apply.
        DataError: the data cannot be used, or a file cannot be written.
        CheckpointError: the model is missing or damaged.
    """
    asked = protocol if isinstance(protocol, ProtocolOptions) else ProtocolOptions(protocol)
    options = EvaluationOptions(
        stages=stages,
        protocol=asked,
        flip=flip,
        rerank=rerank,
        centre=centre,
        out=None if out is None else Path(out),
        fold=fold,
        device=device,
        cache=cache,
        levels=levels,
    )
    (found,) = evaluate_each([model], data, options, progress=progress)
    for line in found.warnings:
        _log.warning("%s", line)
    return found


def evaluate_each(
    models: Sequence[Model],
    data: DataFolder | Path | str,
    options: EvaluationOptions | None = None,
    *,
    progress: Progress = silent,
) -> Iterator[Evaluation]:
    """Score several models one after the other, each on the fold it was trained on.

    All models, data and folders are looked at before the first image is read. ``Average`` of what
    comes is the mean over the models.

    Args:
        models: runs, their folders, files with weights or features, or features, at least one,
            none twice.
        data: a data set, or where it is; its test part is used.
        options: how, as in ``evaluate``; ``out`` gets a folder for each of several models.
        progress: shows how far the embedding is.

    Returns:
        The evaluation of each model by each protocol, in turn, as soon as it is done.

    Raises:
        ConfigError: an option is out of range or does not apply, or a model is named twice.
        DataError: the data cannot be used, or a folder cannot be written to.
        CheckpointError: a model is missing or damaged.
    """
    options = options or EvaluationOptions()
    tasks = prepare(models, data, options)
    return (found for task in tasks for found in _evaluate(task, options, progress))


def _evaluate(task: Task, options: EvaluationOptions, progress: Progress) -> Iterator[Evaluation]:
    """Score one model by each protocol, and write files and figure; metrics.json comes last."""
    start = perf_counter()
    if task.features is not None:
        found = score_features(
            task.model.stem,
            task.features,
            task.data,
            task.protocols,
            rerank=options.rerank,
            centring=task.centring,
        )
    else:
        networks, recipe, kept = _networks(task, options.device)
        test = with_levels(task.data.test, options.levels, kept)
        task = replace(task, data=replace(task.data, test=test))
        found = score_networks(
            networks,
            recipe,
            task.data,
            task.protocols,
            options,
            centring=task.centring,
            levels=kept,
            progress=progress,
        )
    seconds = perf_counter() - start
    for scored in found:
        yield _written(task, scored, seconds)


def _written(task: Task, scored: Scored, seconds: float) -> Evaluation:
    """Write what was found by one protocol."""
    account = account_of(scored, task.data)
    for line in said_of(account.tally, scored.protocol.stated.rule):
        warnings.warn(line, stacklevel=2)
    files: list[Path] = []
    if task.place is not None:
        files = write_scores(task.place, account)
        figure = named_file(task.place, "ranked-list", account.key)
        figure = figure.with_name(f"{figure.name}.png")
        files += [figure] * draw_examples(figure, scored, task.data)
    if task.is_run:
        run = Run(task.model)
        merge_metrics(run, account, seconds)
        files = [run.metrics_file, *files]
    data = task.data
    return Evaluation(
        task.model,
        data.name,
        data.fold,
        scored.results,
        scored.embeddings,
        tuple(files),
        tuple(account.lines()),
        account.facts(),
    )


def _networks(
    task: Task, device: str
) -> tuple[Iterable[tuple[str, CrossModalNetwork | Exported]], Outline, Levels | None]:
    """Return the names and networks of a model's stages, read when their turn comes; its levels."""
    if is_export(task.model):
        export = Exported(task.model, device, thread_count())
        facts = export.facts
        size = Outline((), facts.height, facts.width)
        return [(facts.stage, export)], size, facts.levels
    if task.model.is_file():
        weights = open_weights(task.model)
        return [(weights.stage, weights.network)], weights.recipe, weights.levels
    run = Run(task.model)
    stages = [stage or finished(run)[-1] for stage in task.stages]
    networks = ((stage, load_network(run, stage)) for stage in stages)
    return networks, run.outline(), levels_of(run)
