"""`vireid train`: unlabelled images and a recipe -> a run folder."""

import argparse
import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from vireid.cli.arguments import add_machine, add_trial, folder, parser, use_machine
from vireid.cli.display import console, progress
from vireid.cli.epochs import Watcher
from vireid.cli.settings import describe_settings
from vireid.config import Recipe
from vireid.data import DataFolder, load_pixels, open_data
from vireid.errors import ConfigError, DataError
from vireid.labelling import label_spaces
from vireid.models import CrossModalNetwork
from vireid.recipes import dump_recipe, load_recipe, names
from vireid.report import draw_training_curve
from vireid.runs import BEFORE, Run, new_network, save_network
from vireid.training import Labeller, TrainingImages, fit


def run(words: list[str]) -> None:
    """Parse the words after `vireid train` and train.

    Args:
        words: the command line.
    """
    arguments = parse(words, "train", "Learn from unlabelled visible and infrared images.")
    recipe = read_recipe(arguments)
    data = open_data(arguments.data, trial=arguments.trial)
    seconds = train(data, recipe, Run(arguments.out), device=use_machine(arguments))
    console.print(f"trained in {seconds['training']:.0f} s: {arguments.out}")
    console.print(f"next: vireid evaluate {arguments.out} {arguments.data}")


def parse(words: list[str], name: str, description: str) -> argparse.Namespace:
    """Parse the arguments of a training command.

    Args:
        words: the command line.
        name: of the command.
        description: what it does.

    Returns:
        data, recipe, out, set, seed, weights, trial, device and threads.
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
        default="synthetic",
        help=f"a YAML file or one of: {', '.join(names())} (default: synthetic)",
    )
    command.add_argument("--out", type=folder, required=True, help="the run folder to write")
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
    add_trial(command)
    add_machine(command)
    return command.parse_args(words)


def read_recipe(arguments: argparse.Namespace) -> Recipe:
    """Return the recipe with all changes of the command line.

    Args:
        arguments: as ``parse`` returns them.

    Returns:
        The resolved recipe.

    Raises:
        ConfigError: the recipe or a setting is wrong.
    """
    changes = list(arguments.set)
    if arguments.seed is not None:
        changes.append(f"seed={arguments.seed}")
    if arguments.weights is not None:
        changes.append(f"network.weights={arguments.weights}")
    return load_recipe(arguments.recipe, changes)


def train(
    data: DataFolder,
    recipe: Recipe,
    run: Run,
    *,
    device: str = "cpu",
    label: Labeller = label_spaces,
) -> dict[str, float]:
    """Train and write the run folder.

    Args:
        data: training images; identities, where known, are only logged.
        recipe: all settings.
        run: where to write.
        device: where to compute.
        label: from embeddings to label spaces.

    Returns:
        Seconds by part.

    Raises:
        VireidError: the images, the recipe, the folder or the labels cannot be used.
    """
    check_trainable(data)
    with claimed(run):
        network = new_network(recipe).to(device)
        start = perf_counter()
        with progress("reading images") as bar:
            pixels = load_pixels(data.train, (recipe.height, recipe.width), progress=bar)
        read = perf_counter()
        run.recipe_file.write_text(dump_recipe(recipe), encoding="utf-8")
        if data.trial is not None:
            run.data_file.write_text(json.dumps({"name": data.name, "trial": data.trial}))
        save_network(run, BEFORE, network, recipe)
        images = TrainingImages(pixels, data.train.modality)

        def save(stage: str, network: CrossModalNetwork) -> None:
            save_network(run, stage, network, recipe)

        with run.log_file.open("w", encoding="utf-8") as log:
            fit(network, images, recipe, observe=Watcher(data, log), save=save, label=label)
        seconds = {"reading": read - start, "training": perf_counter() - read}
    epochs = [json.loads(line) for line in run.log_file.read_text(encoding="utf-8").splitlines()]
    for part in ("labelling", "steps"):
        seconds[part] = sum(epoch["seconds"][part] for epoch in epochs)
    run.timing_file.write_text(json.dumps(seconds), encoding="utf-8")
    draw_training_curve(epochs, run.folder / "training-curve.png")
    return seconds


def check_trainable(data: DataFolder) -> None:
    """Check that there are training images of both modalities.

    Args:
        data: what was opened.

    Raises:
        DataError: one modality is empty.
    """
    counts = [int((data.train.modality == side).sum()) for side in (0, 1)]
    if not all(counts):
        raise DataError(
            f"{data.name} has {counts[0]} visible and {counts[1]} infrared training images; "
            "expected both"
        )


@contextmanager
def claimed(run: Run) -> Iterator[None]:
    """Make the run folder and keep other processes out of it.

    Args:
        run: the folder; it must not hold a run already.

    Yields:
        Nothing.

    Raises:
        ConfigError: the folder holds a run, is a file, or another process is writing there.
    """
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise ConfigError(f"{run.folder} is or lies in a file; choose another --out") from error
    with (run.folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(
                f"another process is training in {run.folder}; choose another --out"
            ) from error
        if run.recipe_file.exists():
            raise ConfigError(
                f"{run.folder} holds a run already; choose another folder or delete it"
            )
        yield
