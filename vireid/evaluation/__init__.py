"""What a model's embeddings are worth: protocols, scores and label reliability."""

from vireid.evaluation.evaluate import EvaluationResult, evaluate
from vireid.evaluation.protocols import Direction, Mode, llcm, plain, regdb, sysu
from vireid.evaluation.reliability import Reliability, reliability
from vireid.evaluation.trials import Protocol, Trial

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
