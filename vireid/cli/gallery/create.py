"""`vireid gallery create`: a new store."""

import vireid
from vireid.cli.arguments import whole_from
from vireid.cli.display import console
from vireid.cli.gallery.options import storage_of, verb_parser


def run(words: list[str]) -> None:
    """Parse the words after `vireid gallery create` and make a store.

    Args:
        words: the command line.
    """
    command = verb_parser(
        "create",
        "Make an empty store. The first rows that are added decide on its network.",
        "example:\n  vireid gallery create site --keep 30",
    )
    command.add_argument(
        "--keep", type=float, metavar="DAYS", help="rows expire after so many days (default: never)"
    )
    command.add_argument(
        "--exact",
        type=whole_from(0),
        metavar="ROWS",
        help="compare all vectors up to so many rows; search an index above (default: 1000000)",
    )
    arguments = command.parse_args(words)
    exact = {} if arguments.exact is None else {"exact": arguments.exact}
    storage = storage_of(arguments.storage)
    store = vireid.create_gallery(arguments.store, keep=arguments.keep, storage=storage, **exact)
    console.print(f"an empty store: {store.place}")
