"""Settings of what counts as trouble in a training, and what is done then."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vireid.errors import FROM_ONE, FROM_ZERO, SHARE, outside


@dataclass(frozen=True)
class GuardConfig:
    """Trouble is always reported; these settings say where it begins and whether it stops a run."""

    on_trouble: Literal["report", "keep", "stop"] = "report"
    """After a troubled labelling: report trains on its labels all the same, keep on the last
    labels without trouble, stop ends the run. Where nothing can be trained on the new labels,
    report does what keep does."""
    patience: int = 3
    """Troubled labellings in a row during which old labels may be kept (at least 1); then the run
    stops."""
    alike: float = 0.98
    """Mean similarity between embeddings above which they have collapsed, in [0, 1]."""
    giant: float = 0.8
    """Share of a modality's images in one cluster above which it is too large, in [0, 1]."""
    skipped: int = 0
    """Steps of an epoch that may be skipped because their loss is not a finite number (at least
    0)."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each value that cannot be."""
        yield from outside("guard.", self, SHARE, "alike", "giant")
        yield from outside("guard.", self, FROM_ONE, "patience")
        yield from outside("guard.", self, FROM_ZERO, "skipped")
