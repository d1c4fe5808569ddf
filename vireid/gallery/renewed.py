"""Rows with new embeddings, and the name of the table that they go to."""

import re
from collections.abc import Iterable

import numpy as np

from vireid.gallery.facts import Facts
from vireid.gallery.head import Head
from vireid.gallery.schema import rows_table
from vireid.ranking import Gallery

_NUMBER = re.compile(r"rows-(\d+)")


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


def renewed_table(facts: Facts, gallery: Gallery) -> object:
    """Return rows with new embeddings; all else is as it was.

    Args:
        facts: of N rows.
        gallery: their images, embedded anew.

    Returns:
        N rows, as an arrow table.
    """
    vectors, count = gallery.embeddings.vectors, len(facts)
    rows = np.arange(count)
    columns = {
        "id": facts.id,
        "key": [key.decode() for key in facts.key.tolist()],
        "vector": vectors,
        "modality": facts.modality.astype(np.int8),
        "camera": [facts.cameras[code] for code in facts.camera.tolist()],
        "time": facts.time,
        "track": [facts.tracks[code] for code in facts.track.tolist()],
        "path": facts.paths(rows),
        "content": facts.contents(rows),
        "network": [gallery.network] * count,
        "added": facts.added,
        "expires": facts.expires,
    }
    return rows_table(columns, vectors.shape[1])
