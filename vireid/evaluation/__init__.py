"""What a model's embeddings are worth: protocols, scores and label reliability."""

from vireid.evaluation.evaluate import EvaluationResult, evaluate
from vireid.evaluation.protocols import Protocol, Trial, plain, sysu
from vireid.evaluation.reliability import Reliability, reliability

__all__ = [
    "EvaluationResult",
    "Protocol",
    "Reliability",
    "Trial",
    "evaluate",
    "plain",
    "reliability",
    "sysu",
]
