"""`vireid evaluate`: runs or weights + test images -> tables, and the mean of several."""

import argparse
from collections.abc import Sequence
from os.path import commonpath
from pathlib import Path

from vireid.cli.arguments import (
    add_cache,
    add_machine,
    add_trial,
    folder,
    parser,
    use_machine,
)
from vireid.cli.display import console
from vireid.errors import ConfigError
from vireid.runs import Run, open_weights
from vireid.scoring.choice import add_protocol
from vireid.scoring.evaluation import (
    How,
    evaluate_run,
    evaluate_weights,
    finished,
    make_place,
)
from vireid.scoring.means import Evaluated, mean_table, write_means
from vireid.scoring.networks import Ways
from vireid.scoring.tasks import Task, model_name, prepare


def run(words: list[str]) -> None:
    """Parse the words after `vireid evaluate` and evaluate.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    device = use_machine(arguments)
    check_models(arguments.models, arguments)
    tasks = [prepare(model, arguments) for model in arguments.models]
    means = (arguments.out or common_folder(arguments.models)) / "runs.json"
    places = [place for task in tasks for place in task.folders]
    for place in places + [means.parent] * (len(tasks) > 1):
        make_place(place)
    together = []
    for task in tasks:
        if len(tasks) > 1:
            console.print(f"{task.model}:")
        ways = Ways(arguments.flip, arguments.rerank)
        how = How(ways, task.place, device, arguments.cache)
        together.append(evaluate_one(task, how))
    if len(tasks) > 1:
        console.print()
        console.print(mean_table(score for one in together for score in one.scores()))
        write_means(means, together)
        console.print(f"written: {means}")


def evaluate_one(task: Task, how: How) -> Evaluated:
    """Evaluate a run or weights, on the split that they were trained on.

    Args:
        task: what is to be done.
        how: where and in which way.

    Returns:
        The scores.

    Raises:
        VireidError: the model or the data cannot be used, or a file cannot be written.
    """
    model, data, protocol = task.model, task.data, task.protocol
    if model.is_file():
        scored = evaluate_weights(model, open_weights(model), data, protocol, how)
    else:
        scored = evaluate_run(Run(model), data, protocol, task.stages, how)
    tables = {name: result.table() for name, result in scored.results.items()}
    return Evaluated(str(model), data.name, data.trial, scored.name, tables)


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments of the command.

    Args:
        words: the command line.

    Returns:
        models, data, stage, every_stage, the options of ``ProtocolOptions`` and ``Ways``, out,
        trial, cache, device and threads.
    """
    command = parser(
        "evaluate",
        "Score runs on test images with known identities: Rank-k, mAP and mINP. Of several runs,\n"
        "mean and spread are printed too; each is evaluated on the split it was trained on.",
        "examples:\n"
        "  vireid evaluate runs/first DATA --every-stage\n"
        "  vireid evaluate aligned.safetensors DATA --mode indoor --shots 10\n"
        "  vireid evaluate regdb/trial-* REGDB     # RegDB's ten splits, a run for each",
    )
    command.add_argument(
        "models",
        metavar="RUN_OR_WEIGHTS",
        type=folder,
        nargs="+",
        help="a run folder written by `vireid train`, or one of its checkpoints; several give "
        "their mean too",
    )
    command.add_argument("data", type=folder, help="the data; its test part is used")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--every-stage", action="store_true", help="before and after each stage")
    which.add_argument("--stage", help="one stage, or before; default: the last")
    command.add_argument(
        "--out",
        type=folder,
        help="folder for evaluation.json, the table of queries and the figure, so that those of "
        "an earlier evaluation are kept; of several runs, each gets a folder in it (default: the "
        "run's folder, or NAME-evaluation beside the weights). A run's metrics.json stays in the "
        "run",
    )
    add_protocol(command)
    beside = command.add_argument_group("beside the protocol (off by default, named in results)")
    beside.add_argument(
        "--rerank",
        action="store_true",
        help="re-rank by k-reciprocal neighbours: time grows with the square of a trial's queries "
        "and gallery images, sensible up to some 30,000 of them",
    )
    beside.add_argument(
        "--flip", action="store_true", help="average each embedding with that of the mirror image"
    )
    add_trial(command)
    add_cache(command)
    add_machine(command)
    return command.parse_intermixed_args(words)


def check_models(models: Sequence[Path], arguments: argparse.Namespace) -> None:
    """Refuse what cannot be evaluated before anything is.

    Args:
        models: runs and weights.
        arguments: as ``parse`` returns them.

    Raises:
        ConfigError: an option does not apply, or a run or a place is named twice.
        CheckpointError: a run cannot be used.
    """
    for model in models:
        if not model.is_file():
            finished(Run(model))
        elif arguments.stage or arguments.every_stage:
            raise ConfigError(
                f"--stage and --every-stage apply to runs; {model} is a file: leave them out"
            )
    _check_twice([str(model.resolve()) for model in models], "name each run once")
    if arguments.out:
        _check_twice([model_name(model) for model in models], "leave --out out")


def _check_twice(names: Sequence[str], advice: str) -> None:
    """Refuse names that are not all different."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"{', '.join(twice)}: named twice; {advice}")


def common_folder(models: Sequence[Path]) -> Path:
    """Return the folder that holds some files and folders, at any depth.

    Args:
        models: at least one.

    Returns:
        The folder, absolute.
    """
    return Path(commonpath([model.resolve().parent for model in models]))
