"""What a model's embeddings are worth: protocols and scores."""

from vireid.scoring.evaluate import EvaluationResult, evaluate
from vireid.scoring.protocols import Direction, Mode, llcm, plain, regdb, sysu
from vireid.scoring.trials import Protocol, Trial

__all__ = [
    "Direction",
    "EvaluationResult",
    "Mode",
    "Protocol",
    "Trial",
    "evaluate",
    "llcm",
    "plain",
    "regdb",
    "sysu",
]
