"""What the loop tells whoever watches."""

from collections.abc import Mapping
from dataclasses import dataclass

from vireid.labelling import Labelling
from vireid.training.signals import Signals


@dataclass(frozen=True)
class EpochReport:
    """What one epoch did, for whoever watches."""

    stage: str
    epoch: int
    """Epoch of the stage, from 1."""
    epochs: int
    """Epochs of the stage."""
    learning_rate: float
    losses: Mapping[str, float]
    """Mean of each term over the epoch's steps, and of their weighted sum as ``total``."""
    labelling: Labelling
    """The labels that the epoch trained on."""
    signals: Signals
    """How clear and steady they are, without identities."""
    images: int
    """Images that went through the network in training steps."""
    troubles: tuple[str, ...]
    """What was wrong with the labelling of this epoch."""
    skipped: int
    """Steps that were skipped because their loss was not finite."""
    seconds: Mapping[str, float]
    """Seconds spent in ``labelling`` (embedding included) and in ``steps``."""
