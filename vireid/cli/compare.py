"""`vireid compare`: the table of methods, all else being equal."""

import argparse
import shlex
from functools import partial

from vireid.cli.arguments import add_centre, add_machine, folder, parser, use_machine, whole_from
from vireid.cli.display import console, progress
from vireid.cli.parsing import Parser
from vireid.cli.protocol_options import add_protocol, each_by_itself, protocols

DESCRIPTION = """Train methods with all else equal, score them, and write their table.

A row is noted as soon as it is trained, in a file of rows that can be committed: what stands there
with the same settings, data, protocol and seed is not trained again. The same command goes on after
any end, and several processes may work on one --out at a time, also with other --recipes."""
EXAMPLE = """example:
  vireid synth dev100 --seed 100
  vireid synth people1 --seed 1
  vireid compare people1 --recipes small mmm adca pgm --set network.stripes=6 --bound \\
      --out studies/table --rows docs/results/table.csv --search dev100 --equal-images"""


def run(words: list[str]) -> None:
    """Parse the words after `vireid compare`, and print the table.

    Args:
        words: the command line.
    """
    arguments = _parser().parse_args(list(each_by_itself(words)))
    from vireid.cli.live import live
    from vireid.studies.comparison import compare

    found = compare(
        arguments.data,
        arguments.out,
        recipes=arguments.recipes,
        seeds=arguments.seeds,
        test=arguments.test,
        rows=arguments.rows,
        page=arguments.page,
        base=arguments.base,
        bound=arguments.bound or arguments.bound is not None,
        settings=arguments.set,
        equal_images=arguments.equal_images,
        search_on=arguments.search,
        search_seeds=arguments.search_seeds,
        search_count=arguments.search_count,
        choose=arguments.choose,
        train=not arguments.show,
        protocol=protocols(arguments),
        flip=False if arguments.no_flip else "both",
        centre=arguments.centre or "none",
        device=use_machine(arguments),
        again=shlex.join(["vireid", "compare", *words]),
        watch=partial(live, console=console),
        progress=progress,
    )
    console.print("\n" + found.page)
    console.print(f"written: {found.rows_file} and {found.page_file}")


def _parser() -> Parser:
    command = parser("compare", DESCRIPTION, EXAMPLE)
    command.add_argument("data", type=folder, nargs="+", help="data sets; all methods run on each")
    command.add_argument("--out", type=folder, required=True, help="folder of the trainings")
    command.add_argument(
        "--recipes", nargs="+", required=True, metavar="RECIPE",
        help="a row for each: recipes that ship, or YAML files",
    )  # fmt: skip
    command.add_argument(
        "--seeds", type=int, nargs="+", default=[0, 1, 2],
        help="seeds of the trainings (default: 0 1 2)",
    )  # fmt: skip
    command.add_argument(
        "--test", type=folder, nargs="+",
        help="data whose test people are scored, one for all or one for each DATA (default: DATA)",
    )  # fmt: skip
    command.add_argument(
        "--rows", type=folder, metavar="FILE.csv",
        help="where rows are noted, and found again; beside it lie FILE.md, FILE-search.csv and\n"
        "FILE-choices.yaml (default: OUT/rows.csv)",
    )  # fmt: skip
    command.add_argument(
        "--page", type=folder, metavar="PAGE.md",
        help="another place of the page, where several comparisons share a file of rows",
    )  # fmt: skip
    command.add_argument("--show", action="store_true", help="train nothing; show what is there")
    _add_fairness(command)
    _add_search(command)
    add_protocol(command)
    command.add_argument(
        "--no-flip", action="store_true", help="score without mirror images alone (default: both)"
    )
    add_centre(command, "test images", "none, whatever recipes say")
    add_machine(command)
    return command


def _add_fairness(command: argparse.ArgumentParser) -> None:
    """Add the options on what the rows are held against."""
    group = command.add_argument_group("what is equal, and to what")
    group.add_argument("--base", help="the row that all are held against (default: the first)")
    group.add_argument(
        "--bound", nargs="*", metavar="ROW",
        help="also a row that is trained with true identities, an oracle: of ROW, or of the base",
    )  # fmt: skip
    group.add_argument(
        "--equal-images", action="store_true",
        help="let all see as many images as the base, by the iterations of their epochs; else\n"
        "other numbers are named under the table",
    )  # fmt: skip
    group.add_argument(
        "--set", action="extend", nargs="+", default=[], metavar="NAME=VALUE",
        help="change settings of all recipes, such as augmentation.exchange_grey=true",
    )  # fmt: skip


def _add_search(command: argparse.ArgumentParser) -> None:
    """Add the options of the search."""
    group = command.add_argument_group("the same small search for each method")
    group.add_argument(
        "--search", type=folder, nargs="+", default=[], metavar="DEV",
        help="development data: try each method on them with as many settings, and take the best",
    )  # fmt: skip
    group.add_argument(
        "--search-seeds", type=int, nargs="+", default=[0], metavar="SEED",
        help="seeds of these trainings (default: 0)",
    )  # fmt: skip
    group.add_argument(
        "--search-count", type=whole_from(1), default=8, metavar="N",
        help="settings for each method, its own among them (default: 8)",
    )  # fmt: skip
    group.add_argument(
        "--choose", default="training_mAP",
        choices=("training_mAP", "neighbour_overlap", "clarity", "matching_margin"),
        help="by identities of DEV's training people, or without identities, by how far the\n"
        "neighbours of both modalities agree, or how clear the labels or the matching are\n"
        "(default: training_mAP); never by test scores",
    )  # fmt: skip
