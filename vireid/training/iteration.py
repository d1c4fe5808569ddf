"""What an iteration gave, as long as nobody has read it."""

from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True)
class StepValues:
    """What one step gave, wherever it was computed."""

    names: tuple[str, ...]
    """The terms, and ``total`` last."""
    numbers: Tensor
    """Their values, the length of the gradient, and 1 where the step was skipped, else 0."""


@dataclass(frozen=True)
class Iteration:
    """An iteration whose values are not read yet."""

    stage: str
    """Name of the stage."""
    epoch: int
    """Epoch of the stage, from 0."""
    step: int
    """Steps of the epoch that are finished, this one included."""
    images: int
    """Images that go through in its steps."""
    allowed: int
    """How many steps of an epoch may be skipped."""
    scaled: bool
    """Whether the loss is scaled, so that gradients overflow at times."""
    steps: list[StepValues] = field(default_factory=list)
    """What its steps gave."""
