"""Test embeddings + protocol -> scores, averaged over the protocol's draws."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vireid.cluster import normalise_rows
from vireid.errors import ConfigError, DataError
from vireid.metrics import (
    Count,
    QueryScores,
    RetrievalScores,
    joined_scores,
    mean_scores,
    per_query_scores,
)
from vireid.scoring.centred_names import centred_words
from vireid.scoring.protocol import Draw, Protocol
from vireid.scoring.similarity import draw_similarity, query_blocks
from vireid.scoring.tables import NAMES, mean_cells, text_table
from vireid.scoring.tally import demand_matches
from vireid.scoring.ties import Ties, all_ties, ties_of
from vireid.types import Embeddings, Float, Int, Truth

RANKS = (1, 5, 10, 20)


@dataclass(frozen=True, repr=False)
class ProtocolScores:
    """Scores of every draw of a protocol; printed, they are a table of their means."""

    protocol: str
    """Name of the protocol, with what was done beside it."""
    draws: tuple[RetrievalScores, ...]
    """One for each draw."""
    best: tuple[Int, ...]
    """[Q] for each draw: the most similar gallery image of each query, an index into the test
    images; -1 where a query ignores the whole gallery."""
    equal: bool = False
    """Whether all draws are of the same images, so that nothing spreads between them."""
    ties: Ties = field(default_factory=Ties)
    """Which queries find other people as similar as their best match."""

    def table(self) -> dict[str, float]:
        """Return the mean over draws, in percent, under the field's names.

        Returns:
            rank1, rank5, rank10, rank20, mAP and mINP in [0, 100].
        """
        return {name: float(values.mean()) for name, values in self.columns().items()}

    def spread(self) -> dict[str, float] | None:
        """Return the standard deviation over draws, in percent, under the same names.

        Returns:
            That of a sample, with T - 1 for T draws; None for a single draw.
        """
        if len(self.draws) < 2:
            return None
        return {name: float(values.std(ddof=1)) for name, values in self.columns().items()}

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Return each score of every draw, in percent.

        Returns:
            Arrays [T] for T draws, by name.
        """
        curves = np.array([draw.cmc for draw in self.draws])
        last = curves.shape[1] - 1
        columns = {f"rank{rank}": curves[:, min(rank - 1, last)] for rank in RANKS}
        columns["mAP"] = np.array([draw.mAP for draw in self.draws])
        columns["mINP"] = np.array([draw.mINP for draw in self.draws])
        return {name: 100 * values for name, values in columns.items()}

    @property
    def valid_queries(self) -> int:
        """Queries with a true match, of the draw that has the fewest."""
        return min(draw.valid_queries for draw in self.draws)

    def __repr__(self) -> str:
        return score_table({"": self})


def score(
    embeddings: Embeddings | Float,
    truth: Truth | ArrayLike,
    protocol: Protocol,
    *,
    rerank: bool = False,
) -> ProtocolScores:
    """Score one embedding of the test images under all draws of a protocol.

    Similarities are computed for a block of queries at a time; memory grows with N, not with the
    product of queries and gallery.

    Args:
        embeddings: N test images, each embedded once, also as a gallery; or [N, D] features of any
            model, whose rows are brought to unit length.
        truth: their identities [N].
        protocol: queries, galleries and what each query ignores.
        rerank: rank by k-reciprocal neighbours too (see ``draw_similarity``); the name of the
            result says so.

    Returns:
        The scores of every draw.

    Raises:
        DataError: no query has a true match that it does not ignore, there are more or fewer
            embeddings than the protocol's images, or a row is not finite or zero.
        ConfigError: the protocol is none.
        ConfigError: the protocol is none.
    """
    if not isinstance(protocol, Protocol):
        raise ConfigError(
            f"protocol is of type {type(protocol).__name__}; expected a Protocol, as of "
            "vireid.scoring.choose_protocol or vireid.scoring.plain"
        )
    given: Any = getattr(embeddings, "embeddings", embeddings)  # of a gallery
    ready = isinstance(given, Embeddings)
    vectors = given.vectors if ready else normalise_rows(np.asarray(given))
    people = truth if isinstance(truth, Truth) else Truth(np.asarray(truth))
    if len(vectors) != len(people):
        raise DataError(
            f"{len(vectors)} embeddings for {len(people)} identities; expected one for each"
        )
    protocol.check(len(vectors))
    if (people.identities < 0).any():
        raise DataError(
            f"identity {people.identities.min()} is given; expected 0 or more: leave out images "
            "whose person is unknown"
        )
    demand_matches(protocol, people)
    found = [_score(vectors, people, draw, protocol.count, rerank) for draw in protocol.draws]
    gallery: Any = embeddings
    how = "" if given is embeddings else centred_words(gallery.statistics, gallery.images)
    how += ", re-ranked" if rerank else ""
    return ProtocolScores(
        protocol.name + how,
        tuple(mean_scores(queries) for queries, _, _ in found),
        tuple(best for _, best, _ in found),
        protocol.equal_draws,
        all_ties([ties for _, _, ties in found]),
    )


def score_table(rows: Mapping[str, ProtocolScores]) -> str:
    """Return the mean scores of several embeddings of the same images as a table.

    Args:
        rows: scores by the name of the row, at least one, of the same draws.

    Returns:
        Lines of text: the protocol, a header, and of each row the mean over the draws, from two
        draws that differ on with the standard deviation between them, and how many queries count.
    """
    last = list(rows.values())[-1]
    draws, queries, valid = len(last.draws), len(last.draws[0].queries), last.valid_queries
    plural = "1 draw, %" if draws == 1 else f"mean ± standard deviation of {draws} draws, %"
    plural = f"{draws} equal draws, %" if last.equal else plural
    count = str(queries) if valid == queries else f"{valid} of {queries}"
    names = list(last.table())
    cells = [
        [row, *mean_cells(found.table(), {} if found.equal else found.spread() or {}, names), count]
        for row, found in rows.items()
    ]
    header = ["", *(NAMES.get(name, name) for name in names), "queries"]
    return text_table(header, cells, f"{last.protocol}, {plural}")


def _score(
    vectors: Float, truth: Truth, draw: Draw, count: Count, rerank: bool
) -> tuple[QueryScores, Int, Ties]:
    """Score the queries of a draw, block by block; find the best image of each, and ties."""
    similarity = draw_similarity(vectors, draw, rerank=rerank)
    query_ids, gallery_ids = truth.identities[draw.query], truth.identities[draw.gallery]
    scores, best, ties = [], [], []
    for rows in query_blocks(draw):
        block, ignored = similarity(rows), draw.ignored(rows)
        scores.append(
            per_query_scores(block, query_ids[rows], gallery_ids, ignore=ignored, count=count)
        )
        if ignored is not None:
            block[ignored] = -np.inf
        first = block.argmax(axis=1)
        some = np.isfinite(block[np.arange(len(block)), first])
        best.append(np.where(some, draw.gallery[first], -1))
        ties.append(ties_of(block, query_ids[rows, None] == gallery_ids))
    return joined_scores(scores), np.concatenate(best), all_ties(ties)
