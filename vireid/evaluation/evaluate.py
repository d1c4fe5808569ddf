"""Test embeddings + protocol -> scores, averaged over the protocol's trials."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vireid.evaluation.trials import Protocol
from vireid.metrics import RetrievalScores, retrieval_scores
from vireid.types import Embeddings, Float, Truth

RANKS = (1, 5, 10, 20)


@dataclass(frozen=True)
class EvaluationResult:
    """Scores of every trial of a protocol."""

    protocol: str
    """Name of the protocol."""
    trials: tuple[RetrievalScores, ...]
    """One for each trial."""

    def table(self) -> dict[str, float]:
        """Return the mean over trials, in percent, under the field's names.

        Returns:
            rank1, rank5, rank10, rank20, mAP and mINP in [0, 100].
        """
        return {name: float(values.mean()) for name, values in self.columns().items()}

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


def evaluate(embeddings: Embeddings, truth: Truth, protocol: Protocol) -> EvaluationResult:
    """Score one embedding of the test images under all trials of a protocol.

    Args:
        embeddings: N test images, each embedded once.
        truth: their identities [N].
        protocol: queries, galleries and what each query ignores.

    Returns:
        The scores of every trial.

    Raises:
        DataError: no query has a true match in its gallery.
    """
    scores = []
    for trial in protocol.trials:
        similarity: Float = embeddings.vectors[trial.query] @ embeddings.vectors[trial.gallery].T
        scores.append(
            retrieval_scores(
                similarity,
                truth.identities[trial.query],
                truth.identities[trial.gallery],
                ignore=trial.ignored(),
                count=protocol.count,
            )
        )
    return EvaluationResult(protocol.name, tuple(scores))
