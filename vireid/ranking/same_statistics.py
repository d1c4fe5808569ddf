"""Whether the same was taken off the embeddings of queries and gallery."""

from vireid.errors import DataError
from vireid.types import NamedStatistics


def check_same_statistics(queries: NamedStatistics | None, gallery: NamedStatistics | None) -> None:
    """Refuse embeddings off which different statistics of cameras were taken.

    Args:
        queries: what was taken off theirs; None for nothing.
        gallery: likewise.

    Raises:
        DataError: the two differ.
    """
    one, other = (None if side is None else side.fingerprint for side in (queries, gallery))
    if one == other:
        return
    raise DataError(
        f"the queries are {_words(queries)} and the gallery is {_words(gallery)}: their "
        "similarities mean nothing; embed the queries as the gallery (search: leave --centre out; "
        'Python: centre=gallery.statistics or "none"), or both by the same run, stage and --centre'
    )


def _words(statistics: NamedStatistics | None) -> str:
    if statistics is None:
        return "not centred"
    return f"centred by {statistics.words} ({statistics.fingerprint})"
