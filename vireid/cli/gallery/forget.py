"""`vireid gallery forget`: rows vanish from a store and from its files."""

from vireid.cli.arguments import folder
from vireid.cli.display import console
from vireid.cli.gallery.options import add_where, opened, verb_parser, warn_of_unknown, where_of
from vireid.errors import number_of


def run(words: list[str]) -> None:
    """Parse the words after `vireid gallery forget` and forget.

    Args:
        words: the command line.
    """
    command = verb_parser(
        "forget",
        "Delete rows, and everything of them in the files of the store. All conditions have to\n"
        "hold. The images themselves stay where they are.",
        "examples:\n"
        "  vireid gallery forget site --key 5b55e580fc744262\n"
        "  vireid gallery forget site --camera gate --until 2026-03-01",
    )
    command.add_argument("--key", nargs="+", default=[], help="rows, as a search shows them")
    command.add_argument(
        "--path", nargs="+", default=[], type=folder, help="images, or folders above them"
    )
    add_where(command)
    arguments = command.parse_args(words)
    where = where_of(arguments, arguments.key, arguments.path)
    store = opened(arguments)
    warn_of_unknown(store, where)
    console.print(f"forgotten: {number_of(store.forget(where), 'row')}")
