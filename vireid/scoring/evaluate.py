"""Test embeddings + protocol -> scores, averaged over the protocol's trials."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
from vireid.scoring.trials import Protocol, Trial
from vireid.types import Embeddings, Int, Truth

RANKS = (1, 5, 10, 20)


@dataclass(frozen=True)
class EvaluationResult:
    """Scores of every trial of a protocol."""

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


def evaluate(
    embeddings: Embeddings, truth: Truth, protocol: Protocol, *, rerank: bool = False
) -> EvaluationResult:
    """Score one embedding of the test images under all trials of a protocol.

    Similarities are computed for a block of queries at a time; memory grows with N, not with the
    product of queries and gallery.

    Args:
        embeddings: N test images, each embedded once.
        truth: their identities [N].
        protocol: queries, galleries and what each query ignores.
        rerank: rank by k-reciprocal neighbours too (see ``trial_similarity``); the name of the
            result says so.

    Returns:
        The scores of every trial.

    Raises:
        DataError: no query has a true match in its gallery, or the embeddings are of other images.
    """
    if len(embeddings) != len(truth):
        raise DataError(
            f"{len(embeddings)} embeddings for {len(truth)} identities; expected one for each"
        )
    found = [_score(embeddings, truth, trial, protocol.count, rerank) for trial in protocol.trials]
    return EvaluationResult(
        protocol.name + (", re-ranked" if rerank else ""),
        tuple(mean_scores(queries) for queries, _ in found),
        tuple(best for _, best in found),
    )


def _score(
    embeddings: Embeddings, truth: Truth, trial: Trial, count: Count, rerank: bool
) -> tuple[QueryScores, Int]:
    """Score the queries of a trial, block by block, and find the best image of each."""
    similarity = trial_similarity(embeddings, trial, rerank=rerank)
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
