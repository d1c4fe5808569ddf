"""False matches to expect at what was found in a store."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vireid.gallery.found import Found
from vireid.gallery.held import Rows
from vireid.gallery.queries import asked_rows, rows_of
from vireid.gallery.searching import allowed_rows
from vireid.gallery.where import Where
from vireid.gallery.wishes import Wish
from vireid.ranking import FalseMatches, Gallery, MatchRates
from vireid.ranking.false_matches import expected_at
from vireid.ranking.usable_rates import usable_rates
from vireid.runs import Run
from vireid.types import Int, Modality

if TYPE_CHECKING:
    from vireid.gallery.store import Store


def expected_matches(
    store: "Store",
    found: Sequence[Found],
    query: Gallery | str,
    wish: Wish,
    *,
    itself: bool = False,
    rates: Path | str | None = None,
    run: Path | str | None = None,
) -> FalseMatches | None:
    """Say how many false matches each result of a search by one image comes with.

    Args:
        store: that was searched.
        found: K results of ``Store.search``.
        query: by what: embedded images, or the key of a row.
        wish: how it was searched.
        itself: whether the rows that are the query were searched, too.
        rates: a file of ``vireid calibrate``; that of the run where not given.
        run: that embedded the query.

    Returns:
        Numbers [1, K]; None without rates, or where the query is several images, of whose mean
        rates say nothing.

    Raises:
        DataError: there is no such key, or rates that are named are damaged or of another network.
    """
    rows, kept = store.rows(), None if run is None else Run(Path(run)).rates_file
    made = rows.head.made
    known = usable_rates(rates, kept, made.network, made.words())
    return None if known is None else expect_by_one(known, rows, found, query, wish.where, itself)


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
