"""How an evaluation goes about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from vireid.errors import ConfigError
from vireid.runs.leveling import LevelWords
from vireid.scoring.choice import ProtocolOptions

Flip = bool | Literal["both"]
"""Whether embeddings are averaged with those of mirror images; ``both`` scores them either way."""

EVERY = "every"
"""What is given as the stages of a run that are all evaluated, the network before training too."""


@dataclass(frozen=True)
class EvaluationOptions:
    """How an evaluation goes about it; what is given to all models alike."""

    stages: str | Sequence[str] | None = None
    """Of runs: ``every``, or names of checkpoints; None for the last."""
    protocol: ProtocolOptions | Sequence[ProtocolOptions] = field(default_factory=ProtocolOptions)
    """What is asked for of the protocol; several are scored with one embedding of the images."""
    flip: Flip = False
    """Average the embedding of each image with that of its mirror image; ``both`` is without and
    with, of one embedding of the images."""
    rerank: bool = False
    """Re-rank by k-reciprocal neighbours."""
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

    def flips(self) -> tuple[bool, ...]:
        """Return whether mirror images count, for each way of scoring."""
        return flips(self.flip)

    def names(self) -> tuple[str | None, ...]:
        """Return the names of the checkpoints where not all are meant; None for the last."""
        if self.stages is None or isinstance(self.stages, str):
            return (self.stages,)
        return tuple(self.stages)


def flips(flip: Flip) -> tuple[bool, ...]:
    """Return whether mirror images count, for each way of scoring that is asked for.

    Args:
        flip: what is asked for.

    Returns:
        One or two answers, that without mirror images first.

    Raises:
        ConfigError: something else is asked for.
    """
    if flip == "both":
        return (False, True)
    if not isinstance(flip, bool):
        raise ConfigError(f"flip is {flip!r}; expected True, False or 'both'")
    return (flip,)
