"""What a model's embeddings are worth: protocols, scores and label reliability."""

from vireid.scoring.evaluate import EvaluationResult, evaluate
from vireid.scoring.protocols import Direction, Mode, llcm, plain, regdb, sysu
from vireid.scoring.reliability import Reliability, reliability
from vireid.scoring.trials import Protocol, Trial

__all__ = [
    "Direction",
    "EvaluationResult",
    "Mode",
    "Protocol",
    "Reliability",
    "Trial",
    "evaluate",
    "llcm",
    "plain",
    "regdb",
    "reliability",
    "sysu",
]
