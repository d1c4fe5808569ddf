"""What an evaluation of a model found: a value that shows itself as the table of its scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vireid.runs.scores import protocol_key
from vireid.scoring.scores import ProtocolScores, score_table
from vireid.types import Embeddings


@dataclass(frozen=True, repr=False)
class Evaluation:
    """Scores of the stages of a run, or of weights; printed, they are a table."""

    model: Path
    """The run's folder, or the file of the weights."""
    data: str
    """Name of the data."""
    fold: int | None
    """Which of several folds of the data; None where it has none."""
    scores: Mapping[str, ProtocolScores]
    """By stage, in the order of training, at least one."""
    embeddings: Embeddings
    """Of the test images, by the last of these stages."""
    files: tuple[Path, ...]
    """What was written."""
    notes: tuple[str, ...] = ()
    """What is to be known of the scores, a line each; it is not printed with the table."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The same as plain values, as evaluation.json holds them."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """The notes on what may mislead."""
        return tuple(line for line in self.notes if line.startswith("warning"))

    @property
    def protocol(self) -> str:
        """Name of the protocol, with what was done beside it."""
        return self.last.protocol

    @property
    def key(self) -> str:
        """The whole name of the protocol, with the number of draws."""
        return protocol_key(self.protocol, len(self.last.draws))

    @property
    def last(self) -> ProtocolScores:
        """Scores of the last stage."""
        return list(self.scores.values())[-1]

    def table(self) -> dict[str, dict[str, float]]:
        """Return the mean over the protocol's draws, in percent.

        Returns:
            By stage, then by score: rank1, rank5, rank10, rank20, mAP and mINP in [0, 100].
        """
        return {stage: found.table() for stage, found in self.scores.items()}

    def __repr__(self) -> str:
        return score_table(self.scores)
