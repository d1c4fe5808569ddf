"""`vireid train`: unlabelled images and a recipe -> a run folder."""

import argparse
import os
import shlex

from vireid.cli.arguments import (
    add_machine,
    add_trial,
    folder,
    parser,
    use_machine,
    whole_from,
)
from vireid.cli.display import console
from vireid.cli.settings import describe_settings
from vireid.config import Recipe
from vireid.data import open_data
from vireid.observers import CHOICES
from vireid.recipes import dump_recipe, load_recipe, names, parse_recipe
from vireid.runs import Run
from vireid.runs.reading import Reading, add_reading
from vireid.runs.states import KEPT, check_same_recipe
from vireid.runs.train import train


def run(words: list[str]) -> None:
    """Parse the words after `vireid train` and train.

    Args:
        words: the command line.
    """
    arguments = parse(words, "train", "Learn from unlabelled visible and infrared images.")
    recipe = read_recipe(arguments)
    data = open_data(arguments.data, trial=arguments.trial)
    trial = "" if arguments.trial is None else f" --trial {arguments.trial}"
    several = "torchrun ... -m " if "WORLD_SIZE" in os.environ else ""
    log = f" --log {' '.join(arguments.log)}" if arguments.log else ""
    how = Reading(arguments.cache, arguments.max_unreadable)
    kept = "" if arguments.keep == KEPT else f" --keep {arguments.keep}"
    options = f"{trial}{log}{how.words()}{kept}{_machine(arguments)} --resume"
    places = shlex.join([str(arguments.data), "--out", str(arguments.out)])
    again = f"{several}vireid train {places}{options}"
    seconds = train(
        data,
        recipe,
        Run(arguments.out),
        device=use_machine(arguments),
        how=how,
        resume=arguments.resume,
        log=arguments.log,
        again=again,
        kept=arguments.keep,
    )
    console.print(f"trained in {seconds['training']:.0f} s: {arguments.out}")
    console.print(f"next: vireid evaluate {arguments.out} {arguments.data}")


def _machine(arguments: argparse.Namespace) -> str:
    """Return the options on where to compute that were given, each after a blank."""
    device = "" if arguments.device == "auto" else f" --device {arguments.device}"
    return device + ("" if arguments.threads is None else f" --threads {arguments.threads}")


def parse(words: list[str], name: str, description: str) -> argparse.Namespace:
    """Parse the arguments of a training command.

    Args:
        words: the command line.
        name: of the command.
        description: what it does.

    Returns:
        data, recipe, out, resume, set, seed, weights, log, keep, trial, cache, max_unreadable,
        device and threads.
    """
    command = parser(
        name,
        description,
        "example:\n"
        f"  vireid {name} DATA --recipe synthetic --out runs/first --set seed=3\n\n"
        "settings of a recipe, for --set:\n" + describe_settings(),
    )
    command.add_argument(
        "data",
        type=folder,
        help="a folder in the layout of SYSU-MM01, RegDB or LLCM, a manifest (.csv, .parquet), or "
        "a folder with visible/ and infrared/",
    )
    command.add_argument(
        "--recipe",
        help=f"a YAML file or one of: {', '.join(names())} (default: synthetic)",
    )
    command.add_argument("--out", type=folder, required=True, help="the run folder to write")
    command.add_argument(
        "--resume",
        action="store_true",
        help="go on where the training in --out ended, with its recipe; begin if there is none",
    )
    command.add_argument(
        "--set",
        action="extend",
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        help="change settings of the recipe, such as network.stripes=1 or stages.joint.epochs=3",
    )
    command.add_argument("--seed", type=int, help="seed of the run; short for --set seed=...")
    command.add_argument(
        "--weights",
        help="initial weights: none, pip (out of a Python package), hub (download) or a file; "
        "short for --set network.weights=...",
    )
    command.add_argument(
        "--log",
        nargs="+",
        default=[],
        choices=CHOICES,
        help="also log to these, into the run folder (W&B: as its environment variables say)",
    )
    command.add_argument(
        "--keep",
        type=whole_from(1),
        default=KEPT,
        metavar="K",
        help="states of the newest epochs that stay until the training is finished; --resume takes "
        f"the newest that can be read (default: {KEPT})",
    )
    add_trial(command)
    add_reading(command)
    add_machine(command)
    return command.parse_args(words)


def read_recipe(arguments: argparse.Namespace) -> Recipe:
    """Return the recipe with all changes of the command line.

    Args:
        arguments: as ``parse`` returns them.

    Returns:
        The resolved recipe.

    Raises:
        ConfigError: the recipe or a setting is wrong, or not that of the run to be resumed.
    """
    changes = list(arguments.set)
    if arguments.seed is not None:
        changes.append(f"seed={arguments.seed}")
    if arguments.weights is not None:
        changes.append(f"network.weights={arguments.weights}")
    run = Run(arguments.out)
    if not (arguments.resume and run.recipe_file.exists()):
        return load_recipe(arguments.recipe or "synthetic", changes)
    if arguments.recipe is None:
        recipe = parse_recipe(dump_recipe(run.recipe()), changes, source=str(run.recipe_file))
    else:
        recipe = load_recipe(arguments.recipe, changes)
    check_same_recipe(run, recipe)
    return recipe
