"""`vireid gallery index`: an index of a store, and its recall."""

from vireid.cli.display import console
from vireid.cli.gallery.options import opened, verb_parser
from vireid.gallery.head import IndexFacts


def run(words: list[str]) -> None:
    """Parse the words after `vireid gallery index` and make the index.

    Args:
        words: the command line.
    """
    command = verb_parser(
        "index",
        "Make an index, or make it anew, and measure its recall. It is searched where the store\n"
        "has more rows than are compared one by one (`vireid gallery create --exact`).",
    )
    found = opened(command.parse_args(words)).index()
    console.print("too few rows for an index: all are compared" if found is None else line(found))


def line(found: IndexFacts) -> str:
    """Return what was measured of an index.

    Args:
        found: what was measured.

    Returns:
        A line.
    """
    across = "" if found.across is None else f", {found.across:.3f} across modalities"
    return (
        f"index of {found.rows} rows, recall at 10 {found.recall:.3f}{across} (by {found.queries} "
        f"rows), {found.probes} of {found.parts} parts looked into"
    )
