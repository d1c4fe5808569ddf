"""`vireid gallery dump`: all rows of a store -> a file."""

from vireid.cli.arguments import folder
from vireid.cli.display import console
from vireid.cli.gallery.options import opened, verb_parser
from vireid.errors import number_of


def run(words: list[str]) -> None:
    """Parse the words after `vireid gallery dump` and write the file.

    Args:
        words: the command line.
    """
    command = verb_parser(
        "dump",
        "Write all rows of a store to a file: .npz, as `vireid embed` writes it, or .parquet,\n"
        "which also has keys, digests, and when rows were added and expire.",
    )
    command.add_argument("--out", type=folder, required=True, help="the file to write")
    arguments = command.parse_args(words)
    count = opened(arguments).dump(arguments.out)
    console.print(f"{number_of(count, 'row')}: {arguments.out}")
