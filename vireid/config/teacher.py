"""Settings of a teacher: a second network that follows the one in training."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vireid.errors import BELOW_ONE, outside


@dataclass(frozen=True)
class TeacherConfig:
    """A moving average of the network's weights (Tarvainen and Valpola, Mean Teacher)."""

    momentum: float = 0.999
    """Share of its old weights that the teacher keeps at each iteration, in [0, 1)."""
    used_for: Literal["evaluation", "labels", "both"] = "evaluation"
    """What the teacher does in the network's place: it is what a stage saves and what is evaluated,
    it embeds the training images for labels, or both."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each value that cannot be."""
        yield from outside("teacher.", self, BELOW_ONE, "momentum")

    @property
    def labels(self) -> bool:
        """Whether the teacher embeds the training images."""
        return self.used_for != "evaluation"

    @property
    def evaluation(self) -> bool:
        """Whether the teacher is what a stage saves."""
        return self.used_for != "labels"
