"""What a model's embeddings are worth: protocols, scores, and what an evaluation writes."""

from vireid.scoring.choice import ProtocolOptions, choose_protocol, combinations
from vireid.scoring.evaluating import evaluate, evaluate_each
from vireid.scoring.evaluation import Evaluation
from vireid.scoring.means import Average
from vireid.scoring.options import EvaluationOptions, Flip
from vireid.scoring.own_data import Ignore, leave_one_out, plain
from vireid.scoring.owners import Permutations, read_permutations
from vireid.scoring.protocol import Draw, Protocol, Stated
from vireid.scoring.protocols import CameraRule, Mode, Roles, llcm, regdb, sysu
from vireid.scoring.scores import ProtocolScores, score
from vireid.scoring.sides import Direction

__all__ = [
    "Average",
    "CameraRule",
    "Direction",
    "Draw",
    "Evaluation",
    "EvaluationOptions",
    "Flip",
    "Ignore",
    "Mode",
    "Permutations",
    "Protocol",
    "ProtocolOptions",
    "ProtocolScores",
    "Roles",
    "Stated",
    "choose_protocol",
    "combinations",
    "evaluate",
    "evaluate_each",
    "leave_one_out",
    "llcm",
    "plain",
    "read_permutations",
    "regdb",
    "score",
    "sysu",
]
