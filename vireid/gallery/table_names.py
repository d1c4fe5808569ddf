"""The names of the tables that hold rows."""

import re
from collections.abc import Iterable

from vireid.gallery.head import Head

FIRST = "rows"
"""The table of rows of a new store, with which all others begin."""
_NUMBER = re.compile(rf"{FIRST}-(\d+)")


def next_table(names: Iterable[str], head: Head) -> str:
    """Return the name of a table of rows that no searcher has ever seen.

    Numbers only grow: a searcher that slept while tables came and went takes none for another.

    Args:
        names: of the tables that are there.
        head: what the store says of itself.

    Returns:
        The name.

    >>> from vireid.gallery.head import Made
    >>> next_table(["about", "rows"], Head(Made("rows-7")))
    'rows-8'
    """
    used = {*names, *(made.table for made in (head.made, head.renewing) if made is not None)}
    found = [_NUMBER.fullmatch(name) for name in used]
    return f"rows-{max([1, *(int(one[1]) for one in found if one)]) + 1}"
