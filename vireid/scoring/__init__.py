"""What a model's embeddings are worth: protocols, scores, and what an evaluation writes."""

from vireid.scoring.choice import ProtocolOptions, choose_protocol
from vireid.scoring.evaluating import evaluate, evaluate_each
from vireid.scoring.evaluation import Evaluation
from vireid.scoring.means import Average
from vireid.scoring.options import EvaluationOptions
from vireid.scoring.protocol import Draw, Protocol
from vireid.scoring.protocols import Direction, Mode, llcm, plain, regdb, sysu
from vireid.scoring.scores import ProtocolScores, score

__all__ = [
    "Average",
    "Direction",
    "Draw",
    "Evaluation",
    "EvaluationOptions",
    "Mode",
    "Protocol",
    "ProtocolOptions",
    "ProtocolScores",
    "choose_protocol",
    "evaluate",
    "evaluate_each",
    "llcm",
    "plain",
    "regdb",
    "score",
    "sysu",
]
