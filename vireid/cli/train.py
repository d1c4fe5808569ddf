"""`vireid train`: unlabelled images and a recipe -> a run folder."""

import argparse
import shlex
from functools import partial
from typing import TYPE_CHECKING

import vireid
from vireid.cli.arguments import (
    add_fold,
    add_machine,
    add_reading,
    folder,
    parser,
    prepare_machine,
    reading_words,
    whole_from,
)
from vireid.cli.display import console, progress
from vireid.cli.settings import POINTER, add_settings, parse_or_list
from vireid.data import DataFolder, scan_data
from vireid.observers import CHOICES
from vireid.parallel.environment import is_several, launcher, told_rank
from vireid.recipes import DEFAULT, find_recipe, small_names
from vireid.runs.folder import KEPT, Run

if TYPE_CHECKING:
    from vireid.runs.session import MakeLabeller


def run(words: list[str]) -> None:
    """Parse the words after `vireid train` and train.

    Args:
        words: the command line.
    """
    arguments = parse(words, "train", "Learn from unlabelled visible and infrared images.")
    train(arguments, again=_again(arguments))
    console.print(f"next: {_next(arguments)}")


def _next(arguments: argparse.Namespace) -> str:
    """Return the command to go on with: scores only where there are people to test on."""
    run, data = arguments.out, arguments.data
    fold = "" if arguments.fold is None else f" --fold {arguments.fold}"
    if has_test_identities(scan_data(arguments.data, fold=arguments.fold).data):
        return f"vireid evaluate {run} {data}{fold}"
    return (
        f"vireid embed {run} {data}{fold} --out embeddings.npz; then vireid label embeddings.npz "
        f"--out labels.csv, or vireid search {run} IMAGE --modality infrared --gallery "
        "embeddings.npz --only visible (evaluate needs test images with identities)"
    )


def has_test_identities(data: DataFolder) -> bool:
    """Tell whether data can be evaluated on.

    Args:
        data: what was opened.

    Returns:
        True where it has test images with identities.
    """
    return len(data.test) > 0 and data.test_truth is not None


def train(
    arguments: argparse.Namespace,
    *,
    again: str,
    data: DataFolder | None = None,
    labeller: "MakeLabeller | None" = None,
) -> None:
    """Train as the command line says, and tell how long it took.

    Args:
        arguments: as ``parse`` returns them.
        again: the command that goes on, for the message of an early stop.
        data: what to train on, where it is open already.
        labeller: makes what labels the images.
    """
    from vireid.cli.live import live

    prepare_machine(arguments)
    console.quiet = not _is_first()
    ready = arguments.resume and Run(arguments.out).has_ended()
    trained = vireid.train(
        arguments.data if data is None else data,
        arguments.out,
        arguments.recipe,
        settings=_changes(arguments),
        fold=arguments.fold if data is None else None,
        device=arguments.device,
        resume=arguments.resume,
        labeller=labeller,
        log=arguments.log,
        cache=arguments.cache,
        max_unreadable=arguments.max_unreadable,
        levels=arguments.levels,
        keep=arguments.keep,
        sample=arguments.sample,
        watch=partial(live, console=console),
        progress=progress,
        again=again,
    )
    if not ready:
        console.print(f"trained in {trained.seconds()['training']:.0f} s: {arguments.out}")


def _is_first() -> bool:
    """Tell whether this is the only process, or the first of those that were started together."""
    return not is_several() or told_rank() == "0"


def _changes(arguments: argparse.Namespace) -> list[str]:
    """Return the changes of the recipe, those with an option of their own among them."""
    changes = list(arguments.set)
    if arguments.seed is not None:
        changes.append(f"seed={arguments.seed}")
    if arguments.weights is not None:
        changes.append(f"network.weights={arguments.weights}")
    return changes


def _again(arguments: argparse.Namespace) -> str:
    """Return the command that goes on with a training."""
    places = shlex.join([str(arguments.data), "--out", str(arguments.out)])
    places += _recipe_words(arguments)
    options = "" if arguments.fold is None else f" --fold {arguments.fold}"
    options += f" --log {' '.join(arguments.log)}" if arguments.log else ""
    options += reading_words(arguments)
    options += "" if arguments.sample is None else f" --sample {arguments.sample}"
    options += "" if arguments.keep == KEPT else f" --keep {arguments.keep}"
    options += "" if arguments.device == "auto" else f" --device {arguments.device}"
    options += "" if arguments.threads is None else f" --threads {arguments.threads}"
    return f"{launcher()}vireid train {places}{options} --resume"


def _recipe_words(arguments: argparse.Namespace) -> str:
    """Return the recipe and its changes, where it names classes that are to be imported again."""
    text = "" if arguments.recipe is None else find_recipe(arguments.recipe)
    if "class_path" not in " ".join([text, *arguments.set]):
        return ""
    words = [] if arguments.recipe is None else ["--recipe", arguments.recipe]
    words += ["--set", *_changes(arguments)] if _changes(arguments) else []
    return f" {shlex.join(words)}"


def parse(words: list[str], name: str, description: str) -> argparse.Namespace:
    """Parse the arguments of a training command.

    Args:
        words: the command line.
        name: of the command.
        description: what it does.

    Returns:
        data, recipe, out, resume, set, seed, weights, log, keep, sample, fold, cache,
        max_unreadable, levels, device and threads.
    """
    command = parser(
        name,
        description,
        "example:\n"
        f"  vireid {name} DATA --recipe {DEFAULT} --out runs/first --set seed=3\n\n"
        + POINTER.format(name=name),
    )
    command.add_argument(
        "data",
        type=folder,
        help="a folder in the layout of SYSU-MM01, RegDB or LLCM, a manifest (.csv, .parquet), or "
        "a folder with visible/ and infrared/",
    )
    command.add_argument(
        "--recipe",
        help=f"a YAML file or one of: {', '.join(small_names())}; `vireid recipe --help` "
        f"lists all (default: {DEFAULT})",
    )
    command.add_argument("--out", type=folder, required=True, help="the run folder to write")
    command.add_argument(
        "--resume",
        action="store_true",
        help="go on where the training in --out ended, with its recipe; begin if there is none",
    )
    add_settings(command)
    command.add_argument("--seed", type=int, help="seed of the run; short for --set seed=...")
    command.add_argument(
        "--weights",
        help="initial weights: none, pip (out of a Python package), hub (download; hub@REVISION of "
        "a commit or tag), torchvision (download of its own file), a file, or an earlier run (RUN "
        "or RUN@STAGE), to go on from its network on other images; "
        "short for --set network.weights=...",
    )
    command.add_argument(
        "--log",
        nargs="+",
        default=[],
        choices=CHOICES,
        metavar="WHERE",
        help=f"also log to {', '.join(CHOICES)}, into the run folder (W&B: as its environment "
        "variables say)",
    )
    command.add_argument(
        "--keep",
        type=whole_from(1),
        default=KEPT,
        metavar="K",
        help=f"newest states that stay until the training is finished (default: {KEPT})",
    )
    command.add_argument(
        "--sample",
        type=whole_from(1),
        metavar="N",
        help="train on at most N images of a large archive: whole tracks, spread over cameras and "
        "modalities, drawn by the seed (default: all images)",
    )
    add_fold(command)
    add_reading(command)
    add_machine(command)
    return parse_or_list(command, words)
