"""How an evaluation goes about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vireid.config import Centre
from vireid.runs.leveling import LevelWords
from vireid.scoring.choice import ProtocolOptions

EVERY = "every"
"""What is given as the stages of a run that are all evaluated, the network before training too."""


@dataclass(frozen=True)
class EvaluationOptions:
    """How an evaluation goes about it; what is given to all models alike."""

    stages: str | Sequence[str] | None = None
    """Of runs: ``every``, or names of checkpoints; None for the last."""
    protocol: ProtocolOptions | Sequence[ProtocolOptions] = field(default_factory=ProtocolOptions)
    """What is asked for of the protocol; several are scored with one embedding of the images."""
    flip: bool = False
    """Average the embedding of each image with that of its mirror image."""
    rerank: bool = False
    """Re-rank by k-reciprocal neighbours."""
    centre: Centre | None = None
    """Take off each embedding the mean of its camera among the training images (training) or the
    test images (own), or nothing (none); as the recipe says where None."""
    out: Path | None = None
    """Folder of all files but metrics.json, of several models one in it for each; None for the
    run's, or one beside the weights."""
    fold: int | None = None
    """Which fold of the data; None for that of the training."""
    device: str = "auto"
    """Where to compute; auto takes a GPU if there is one."""
    cache: str | None = None
    """Where decoded images are kept, as in ``Reading``."""
    levels: LevelWords = None
    """What becomes black and white of images of more than 8 bits; as in the training where None."""

    def protocols(self) -> tuple[ProtocolOptions, ...]:
        """Return what is asked for of each protocol, at least one."""
        if isinstance(self.protocol, ProtocolOptions):
            return (self.protocol,)
        return tuple(self.protocol) or (ProtocolOptions(),)

    def names(self) -> tuple[str | None, ...]:
        """Return the names of the checkpoints where not all are meant; None for the last."""
        if self.stages is None or isinstance(self.stages, str):
            return (self.stages,)
        return tuple(self.stages)
