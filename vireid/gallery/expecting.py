"""False matches to expect at what was found in a store."""

from collections.abc import Sequence

import numpy as np

from vireid.gallery.found import Found
from vireid.gallery.held import Rows
from vireid.gallery.queries import asked_rows, rows_of
from vireid.gallery.searching import allowed_rows
from vireid.gallery.where import Where
from vireid.ranking import FalseMatches, Gallery, MatchRates
from vireid.ranking.false_matches import expected_at
from vireid.types import Int, Modality


def searched_rows(
    rows: Rows,
    query: Gallery | None = None,
    *,
    key: str | None = None,
    track: str | None = None,
    where: Where,
    itself: bool = False,
) -> Int:
    """Count the rows that a query is compared with, as ``Store.search`` does.

    Args:
        rows: of the store.
        query: as for ``Store.search``.
        key: likewise.
        track: likewise.
        where: which rows are searched.
        itself: whether the rows that are the query are searched, too.

    Returns:
        [2] visible and infrared rows.

    Raises:
        ConfigError: not one of query, key and track is given.
        DataError: there is no such key or track.
    """
    own = asked_rows(rows, query, key, track)
    allowed = allowed_rows(rows.facts, where, own[:0] if itself else own)
    return np.bincount(rows.facts.modality[allowed], minlength=2).astype(np.int64)


def expect(
    rates: MatchRates, query: Modality, found: Sequence[Found], searched: Int
) -> FalseMatches:
    """Say how many false matches each result comes with.

    Args:
        rates: of the network that made the rows.
        query: what the query shows, which is one image: of the mean of several ones rates say
            nothing.
        found: K results.
        searched: [2] visible and infrared rows that it was compared with.

    Returns:
        Numbers [1, K].
    """
    side = np.array([[Modality[one.modality.upper()] for one in found]], dtype=np.int64)
    similarity = np.array([[one.similarity for one in found]], dtype=np.float64)
    return expected_at(rates, [query], side, similarity, searched[None])


def expect_by_one(
    rates: MatchRates,
    rows: Rows,
    found: Sequence[Found],
    query: Gallery | str,
    where: Where,
    itself: bool = False,
) -> FalseMatches | None:
    """Say how many false matches each result of one image comes with.

    Args:
        rates: of the network that made the rows.
        rows: of the store.
        found: K results.
        query: embedded images, or the key of a row.
        where: which rows were searched.
        itself: whether the rows that are the query were searched, too.

    Returns:
        Numbers [1, K]; None where the query is several images.

    Raises:
        DataError: there is no such key.
    """
    if isinstance(query, Gallery):
        sides, given, key = query.embeddings.modality, query, None
    else:
        sides, given, key = rows.facts.modality[rows_of(rows.facts, query, None)], None, query
    if len(sides) != 1:
        return None
    searched = searched_rows(rows, given, key=key, where=where, itself=itself)
    return expect(rates, Modality(int(sides[0])), found, searched)
