"""`vireid reproduce`: a public data set -> a paper's numbers beside ours."""

import argparse
import shlex
from functools import partial

import vireid
from vireid.cli.arguments import add_cache, add_machine, folder, parser, prepare_machine, whole_from
from vireid.cli.display import console, progress
from vireid.cli.settings import POINTER, add_settings, parse_or_list
from vireid.parallel.environment import is_several, launcher, told_rank
from vireid.recipes import names

DATA = ("sysu", "regdb", "llcm")
"""The public data sets."""


def run(words: list[str]) -> None:
    """Parse the words after `vireid reproduce`, train, score and print the page.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    from vireid.cli.live import live

    prepare_machine(arguments)
    console.quiet = is_several() and told_rank() != "0"
    changes = list(arguments.set)
    if arguments.weights is not None:
        changes.append(f"network.weights={arguments.weights}")
    found = vireid.reproduce(
        arguments.which,
        arguments.data,
        arguments.out,
        arguments.recipe,
        settings=changes,
        seeds=arguments.seeds,
        folds=arguments.folds,
        every=arguments.every,
        plan=arguments.plan,
        anyway=arguments.anyway,
        device=arguments.device,
        cache=arguments.cache,
        again=f"{launcher()}{shlex.join(['vireid', 'reproduce', *_without_plan(words)])}",
        watch=partial(live, console=console),
        progress=progress,
    )
    if arguments.plan:
        console.print("the first epoch is kept; the same command without --plan goes on from there")
        return
    console.print("\n" + found.page())
    console.print(f"written: {found.page_file}, {found.table_file.name} beside it")


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments of the command.

    Args:
        words: the command line.

    Returns:
        which, data, out, recipe, seeds, folds, every, plan, anyway, set, weights, cache, device
        and threads.
    """
    command = parser(
        "reproduce",
        "Train a published recipe over seeds, score every published setting (flips off and on,\n"
        "the last epoch and the best one by test scores), and set it beside the paper's.\n\n"
        "The first epoch is a probe: where labels are degenerate or a loss is no better than\n"
        "chance it ends with one line; else it says how long the whole takes, and goes on. The\n"
        "same command goes on after any end.",
        "examples:\n"
        "  vireid reproduce sysu SYSU-MM01 --out sysu --plan   # an epoch, and how long it takes\n"
        "  vireid reproduce regdb RegDB --out regdb --weights torchvision\n"
        "  torchrun --nproc-per-node 4 -m vireid reproduce llcm LLCM --out llcm\n\n"
        + POINTER.format(name="reproduce"),
    )
    command.add_argument("which", choices=DATA, help="the data set")
    command.add_argument("data", type=folder, help="where it is, in its owners' layout")
    command.add_argument("--out", type=folder, required=True, help="the folder to write")
    command.add_argument(
        "--recipe",
        help=f"a YAML file or one of: {', '.join(names())} (default: mmm-DATASET)",
    )
    command.add_argument(
        "--seeds", type=int, nargs="+",
        help="seeds of the trainings (default: 0 1 2 3 4; of regdb 0, on each fold)",
    )  # fmt: skip
    command.add_argument(
        "--folds", type=whole_from(1, 10), nargs="+", help="regdb: which folds (default: 1 to 10)"
    )
    _add_first_epoch(command)
    add_settings(command, " in all trainings")
    command.add_argument(
        "--weights",
        help="initial weights: hub, torchvision or a file; short for --set network.weights=...",
    )
    add_cache(command)
    add_machine(command)
    return parse_or_list(command, words)


def _add_first_epoch(command: argparse.ArgumentParser) -> None:
    """Add the options on the first epoch and on the scores by epoch."""
    command.add_argument(
        "--plan", action="store_true", help="stop after the first epoch and what it tells"
    )
    command.add_argument(
        "--anyway", action="store_true", help="go on though the first epoch looks bad"
    )
    command.add_argument(
        "--every", type=whole_from(0), default=1, metavar="N",
        help="score every Nth epoch of the last stage for the oracle's number; 0: none "
        "(default: 1)",
    )  # fmt: skip


def _without_plan(words: list[str]) -> list[str]:
    return [word for word in words if word != "--plan"]
