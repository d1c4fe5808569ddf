"""`vireid train`: unlabelled images and a recipe -> a run folder."""

import argparse
import json
from time import perf_counter

from vireid.cli.arguments import add_machine, add_trial, folder, parser, use_machine
from vireid.cli.display import console, progress
from vireid.cli.epochs import Watcher
from vireid.cli.run_folder import check_trainable, claimed, is_finished, shorten_log
from vireid.cli.settings import describe_settings
from vireid.cli.stopping import stop_requests
from vireid.config import Recipe
from vireid.data import DataFolder, load_pixels, open_data
from vireid.errors import Stopped
from vireid.files import whole_file
from vireid.labelling import label_spaces
from vireid.recipes import dump_recipe, load_recipe, names, parse_recipe
from vireid.report import draw_training_curve
from vireid.runs import BEFORE, Run, new_network, save_network
from vireid.states import (
    check_same_recipe,
    epochs_done,
    fingerprint,
    load_state,
    remove_states,
    save_state,
)
from vireid.training import Labeller, TrainingImages, TrainingState, fit


def run(words: list[str]) -> None:
    """Parse the words after `vireid train` and train.

    Args:
        words: the command line.
    """
    arguments = parse(words, "train", "Learn from unlabelled visible and infrared images.")
    recipe = read_recipe(arguments)
    data = open_data(arguments.data, trial=arguments.trial)
    trial = "" if arguments.trial is None else f" --trial {arguments.trial}"
    again = f"vireid train {arguments.data} --out {arguments.out}{trial} --resume"
    seconds = train(
        data,
        recipe,
        Run(arguments.out),
        device=use_machine(arguments),
        resume=arguments.resume,
        again=again,
    )
    console.print(f"trained in {seconds['training']:.0f} s: {arguments.out}")
    console.print(f"next: vireid evaluate {arguments.out} {arguments.data}")


def parse(words: list[str], name: str, description: str) -> argparse.Namespace:
    """Parse the arguments of a training command.

    Args:
        words: the command line.
        name: of the command.
        description: what it does.

    Returns:
        data, recipe, out, resume, set, seed, weights, trial, device and threads.
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


def train(
    data: DataFolder,
    recipe: Recipe,
    run: Run,
    *,
    device: str = "cpu",
    label: Labeller = label_spaces,
    resume: bool = False,
    again: str = "the same command with --resume",
) -> dict[str, float]:
    """Train and write the run folder.

    Args:
        data: training images; identities, where known, are only logged.
        recipe: all settings.
        run: where to write.
        device: where to compute.
        label: from embeddings to label spaces.
        resume: go on where a training in this folder ended, or begin if there is none.
        again: the command that goes on, for the message of an early stop.

    Returns:
        Seconds by part.

    Raises:
        VireidError: the images, the recipe, the folder or the labels cannot be used.
        Stopped: a signal asked to stop; everything is saved.
    """
    check_trainable(data)
    if resume and is_finished(run):
        console.print(f"{run.folder} is finished; nothing to go on with")
        seconds: dict[str, float] = json.loads(run.timing_file.read_text(encoding="utf-8"))
        return seconds
    with claimed(run, resume=resume), stop_requests() as stop:
        network = new_network(recipe).to(device)
        start = perf_counter()
        with progress("reading images") as bar:
            pixels = load_pixels(data.train, (recipe.height, recipe.width), progress=bar)
        reading, images = fingerprint(data.train), TrainingImages(pixels, data.train.modality)
        seconds = {"reading": perf_counter() - start}
        begin = load_state(run, network, recipe, reading) if resume else None
        if begin is None:
            with whole_file(run.recipe_file) as file:
                file.write_text(dump_recipe(recipe), encoding="utf-8")
            if data.trial is not None:
                run.data_file.write_text(json.dumps({"name": data.name, "trial": data.trial}))
            save_network(run, BEFORE, network, recipe)
        shorten_log(run, 0 if begin is None else epochs_done(begin, recipe))

        def save(state: TrainingState) -> None:
            if state.stage and not state.epoch and not state.step:
                save_network(run, recipe.stages[state.stage - 1].name, network, recipe)
            save_state(run, state, recipe, reading)

        with run.log_file.open("a", encoding="utf-8") as log:
            watcher = Watcher(data, log)
            done = fit(
                network, images, recipe,
                observe=watcher, save=save, label=label, begin=begin, stop=stop,
            )  # fmt: skip
        if not done:
            raise Stopped(f"stopped and saved; go on with: {again}", 128 + (stop.signal or 0))
        seconds |= summarise(run)
        run.timing_file.write_text(json.dumps(seconds), encoding="utf-8")
        remove_states(run)
    return seconds


def summarise(run: Run) -> dict[str, float]:
    """Draw the training curve and add up what the epochs took.

    Args:
        run: with a complete log.

    Returns:
        Seconds in training, and in its parts labelling and steps.
    """
    epochs = [json.loads(line) for line in run.log_file.read_text(encoding="utf-8").splitlines()]
    draw_training_curve(epochs, run.folder / "training-curve.png")
    parts = ("labelling", "steps")
    seconds = {part: sum(epoch["seconds"][part] for epoch in epochs) for part in parts}
    return seconds | {"training": sum(seconds.values())}
