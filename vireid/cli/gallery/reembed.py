"""`vireid gallery reembed`: all rows of a store, embedded anew."""

from vireid.cli.arguments import (
    add_centre,
    add_levels,
    add_machine,
    folder,
    use_machine,
    whole_from,
)
from vireid.cli.display import console, progress
from vireid.cli.gallery.options import opened, verb_parser
from vireid.errors import number_of


def run(words: list[str]) -> None:
    """Parse the words after `vireid gallery reembed` and embed anew.

    Args:
        words: the command line.
    """
    command = verb_parser(
        "reembed",
        "Embed all images of a store anew by another network. Searches go on in the old rows,\n"
        "until the new ones take their place. What was interrupted goes on when begun again.",
    )
    command.add_argument("--run", type=folder, required=True, help="the new run or checkpoint")
    command.add_argument("--stage", help="after which stage of the run (default: the last)")
    command.add_argument(
        "--drop", action="store_true", help="leave out rows whose image is gone or another one"
    )
    command.add_argument(
        "--batch", type=whole_from(1), default=256, help="images embedded at once (default: 256)"
    )
    add_levels(command)
    add_centre(command, "store's images")
    add_machine(command)
    arguments = command.parse_args(words)
    store = opened(arguments)
    from vireid.gallery.reembedding import RenewOptions
    from vireid.runs.embedder import Embedder

    embedder = Embedder(arguments.run, arguments.stage, use_machine(arguments, arguments.run))
    options = RenewOptions(arguments.levels, arguments.centre, arguments.drop, arguments.batch)
    lost = store.reembed(embedder, options, progress)
    left_out = f", {lost} left out" if lost else ""
    console.print(f"{number_of(len(store), 'row')} embedded anew{left_out}")
