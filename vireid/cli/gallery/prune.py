"""`vireid gallery prune`: rows that have expired vanish from a store and from its files."""

from vireid.cli.display import console
from vireid.cli.gallery.options import opened, verb_parser
from vireid.errors import number_of


def run(words: list[str]) -> None:
    """Parse the words after `vireid gallery prune` and prune.

    Args:
        words: the command line.
    """
    command = verb_parser(
        "prune", "Delete rows that have expired, and everything of them in the files of the store."
    )
    count = opened(command.parse_args(words)).prune()
    console.print(f"expired and forgotten: {number_of(count, 'row')}")
