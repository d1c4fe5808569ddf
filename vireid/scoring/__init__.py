"""What a model's embeddings are worth: protocols, scores, and what an evaluation writes.

The names are resolved when they are first used: what a service needs of this room is read without
torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOME = {
    "Average": "means",
    "CameraRule": "protocols",
    "Direction": "sides",
    "Draw": "protocol",
    "Evaluation": "evaluation",
    "EvaluationOptions": "options",
    "Flip": "options",
    "Ignore": "own_data",
    "Mode": "protocols",
    "Permutations": "owners",
    "Protocol": "protocol",
    "ProtocolOptions": "choice",
    "ProtocolScores": "scores",
    "Roles": "protocols",
    "Stated": "protocol",
    "choose_protocol": "choice",
    "combinations": "choice",
    "evaluate": "evaluating",
    "evaluate_each": "evaluating",
    "leave_one_out": "own_data",
    "llcm": "protocols",
    "plain": "own_data",
    "read_permutations": "owners",
    "regdb": "protocols",
    "score": "scores",
    "sysu": "protocols",
}

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


def __getattr__(name: str) -> Any:
    """Import a module only when something of it is used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"vireid.scoring.{_HOME[name]}"), name)
