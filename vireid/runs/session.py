"""What one training in a run folder is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from torch import Tensor

from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.labelling import Labeller
from vireid.observers import Progress, silent
from vireid.runs.folder import KEPT, Run
from vireid.runs.reading import Reading
from vireid.runs.snapshot import Snapshot
from vireid.runs.watch import Watching, nobody
from vireid.training import EpochReport


class Keep(Protocol):
    """Keeps what a stage has made."""

    def __call__(self, stages: int, taken: Snapshot, /) -> None:
        """Keep it.

        Args:
            stages: how many are finished.
            taken: where the training stands then.
        """


class AfterEpoch(Protocol):
    """Looks at a training after each epoch, before its state is saved; cannot change it."""

    def __call__(self, report: EpochReport, weights: Mapping[str, Tensor], /) -> bool:
        """Look at it.

        Args:
            report: what the epoch did.
            weights: of the network that a stage would leave now, by name: copies on the CPU.

        Returns:
            Whether the training is to stop here, once its state is saved.
        """
        ...


class MakeLabeller(Protocol):
    """Makes a labeller of the data that is trained on."""

    def __call__(self, data: DataFolder, recipe: Recipe, /) -> Labeller:
        """Make it.

        Args:
            data: without unreadable images.
            recipe: of the training; the labeller offers the label spaces of its own.

        Returns:
            What goes from embeddings to label spaces.
        """
        ...


@dataclass(frozen=True)
class Session:
    """One training: of what, on what, where, and who is told."""

    data: DataFolder
    """Training images; identities, where known, are only logged."""
    recipe: Recipe
    """All settings."""
    run: Run
    """Where to write; the same folder for all processes."""
    device: str = "cpu"
    """Where to compute."""
    labeller: MakeLabeller | None = None
    """Makes what goes from embeddings to label spaces; the recipe's labeller where not given."""
    reading: Reading = field(default_factory=Reading)
    """The cache of decoded images, and how many may be unreadable."""
    named: str | None = None
    """What the recipe is called, where that is known."""
    resume: bool = False
    """Go on where a training in this folder ended, or begin if there is none."""
    log: Sequence[str] = ()
    """Which observers are told of it, beside the log of lines."""
    again: str = "the same with resume"
    """How to go on, for the message of an early stop."""
    keep: Keep | None = None
    """Called after every stage, before its state is saved."""
    after_epoch: AfterEpoch | None = None
    """Looks at the training after every epoch; of several processes, in the first one."""
    kept: int = KEPT
    """How many of the newest states stay in the run folder."""
    watch: Watching = nobody
    """Who is shown the training."""
    progress: Progress = silent
    """Shows how many images are read."""
