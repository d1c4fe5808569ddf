"""Test embeddings + protocol -> scores, averaged over the protocol's trials."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vireid.cluster import normalise_rows
from vireid.errors import DataError
from vireid.metrics import (
    Count,
    QueryScores,
    RetrievalScores,
    joined_scores,
    mean_scores,
    per_query_scores,
)
from vireid.scoring.similarity import query_blocks, trial_similarity
from vireid.scoring.tables import NAMES, mean_cells, text_table
from vireid.scoring.trials import Protocol, Trial
from vireid.types import Embeddings, Float, Int, Truth

RANKS = (1, 5, 10, 20)


@dataclass(frozen=True, repr=False)
class ProtocolScores:
    """Scores of every trial of a protocol; printed, they are a table of their means."""

    protocol: str
    """Name of the protocol, with what was done beside it."""
    trials: tuple[RetrievalScores, ...]
    """One for each trial."""
    best: tuple[Int, ...]
    """[Q] for each trial: the most similar gallery image of each query, an index into the test
    images; -1 where a query ignores the whole gallery."""

    def table(self) -> dict[str, float]:
        """Return the mean over trials, in percent, under the field's names.

        Returns:
            rank1, rank5, rank10, rank20, mAP and mINP in [0, 100].
        """
        return {name: float(values.mean()) for name, values in self.columns().items()}

    def spread(self) -> dict[str, float] | None:
        """Return the standard deviation over trials, in percent, under the same names.

        Returns:
            That of a sample, with T - 1 for T trials; None for a single trial.
        """
        if len(self.trials) < 2:
            return None
        return {name: float(values.std(ddof=1)) for name, values in self.columns().items()}

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Return each score of every trial, in percent.

        Returns:
            Arrays [T] for T trials, by name.
        """
        curves = np.array([trial.cmc for trial in self.trials])
        last = curves.shape[1] - 1
        columns = {f"rank{rank}": curves[:, min(rank - 1, last)] for rank in RANKS}
        columns["mAP"] = np.array([trial.mAP for trial in self.trials])
        columns["mINP"] = np.array([trial.mINP for trial in self.trials])
        return {name: 100 * values for name, values in columns.items()}

    @property
    def valid_queries(self) -> int:
        """Queries with a true match, of the trial that has the fewest."""
        return min(trial.valid_queries for trial in self.trials)

    def __repr__(self) -> str:
        return score_table({"": self})


def score(
    embeddings: Embeddings | Float,
    truth: Truth | ArrayLike,
    protocol: Protocol,
    *,
    rerank: bool = False,
) -> ProtocolScores:
    """Score one embedding of the test images under all trials of a protocol.

    Similarities are computed for a block of queries at a time; memory grows with N, not with the
    product of queries and gallery.

    Args:
        embeddings: N test images, each embedded once; or [N, D] features of any model, whose rows
            are brought to unit length.
        truth: their identities [N].
        protocol: queries, galleries and what each query ignores.
        rerank: rank by k-reciprocal neighbours too (see ``trial_similarity``); the name of the
            result says so.

    Returns:
        The scores of every trial.

    Raises:
        DataError: no query has a true match in its gallery, the embeddings are of other images, or
            a row is not finite or zero.
    """
    if isinstance(embeddings, Embeddings):
        vectors = embeddings.vectors
    else:
        vectors = normalise_rows(np.asarray(embeddings))
    people = truth if isinstance(truth, Truth) else Truth(np.asarray(truth))
    if len(vectors) != len(people):
        raise DataError(
            f"{len(vectors)} embeddings for {len(people)} identities; expected one for each"
        )
    found = [_score(vectors, people, trial, protocol.count, rerank) for trial in protocol.trials]
    return ProtocolScores(
        protocol.name + (", re-ranked" if rerank else ""),
        tuple(mean_scores(queries) for queries, _ in found),
        tuple(best for _, best in found),
    )


def score_table(rows: Mapping[str, ProtocolScores]) -> str:
    """Return the mean scores of several embeddings of the same images as a table.

    Args:
        rows: scores by the name of the row, at least one, of the same trials.

    Returns:
        Lines of text: the protocol, a header, and of each row the mean over the trials, from two
        trials on with the standard deviation between them, and how many queries count.
    """
    last = list(rows.values())[-1]
    trials, queries, valid = len(last.trials), len(last.trials[0].queries), last.valid_queries
    plural = "1 trial, %" if trials == 1 else f"mean ± standard deviation of {trials} trials, %"
    count = str(queries) if valid == queries else f"{valid} of {queries}"
    names = list(last.table())
    cells = [
        [row, *mean_cells(found.table(), found.spread() or {}, names), count]
        for row, found in rows.items()
    ]
    header = ["", *(NAMES.get(name, name) for name in names), "queries"]
    return text_table(header, cells, f"{last.protocol}, {plural}")


def _score(
    vectors: Float, truth: Truth, trial: Trial, count: Count, rerank: bool
) -> tuple[QueryScores, Int]:
    """Score the queries of a trial, block by block, and find the best image of each."""
    similarity = trial_similarity(vectors, trial, rerank=rerank)
    query_ids, gallery_ids = truth.identities[trial.query], truth.identities[trial.gallery]
    scores, best = [], []
    for rows in query_blocks(trial):
        block, ignored = similarity(rows), trial.ignored(rows)
        scores.append(
            per_query_scores(block, query_ids[rows], gallery_ids, ignore=ignored, count=count)
        )
        if ignored is not None:
            block[ignored] = -np.inf
        first = block.argmax(axis=1)
        some = np.isfinite(block[np.arange(len(block)), first])
        best.append(np.where(some, trial.gallery[first], -1))
    return joined_scores(scores), np.concatenate(best)
