"""How long a reproduction takes and what it leaves on the disk, by one epoch."""

from dataclasses import dataclass
from math import ceil

from vireid.config import Recipe, StageConfig
from vireid.errors import number_of
from vireid.studies.reproduction.probe import Probe

STATES = 2
"""States of a training that lie in its folder while it runs."""
STATE = 3
"""A state's size in weights of the network: the weights, and two moments of the optimiser."""
BESIDE = 2
"""Checkpoints of a run beside those of its stages: before training, and the clearest one."""


@dataclass(frozen=True)
class Estimate:
    """What the trainings that are left take."""

    training: float
    """Seconds of one training, with the scores of its epochs."""
    trainings: int
    """How many there are."""
    left: int
    """How many of them are not finished."""
    kept: int
    """Bytes of all runs in the end."""
    working: int
    """Bytes more, while a training runs."""
    pixels: int
    """Bytes of the decoded images."""

    def __str__(self) -> str:
        """Say it in two lines."""
        whole = number_of(self.trainings, "training")
        hours = f"about {time_words(self.training)} for a training, by its first epoch; "
        hours += f"{self.left} of {whole} left: {time_words(self.training * self.left)}"
        disk = f"disk: {size_words(self.kept)} for the weights of all runs in the end, "
        disk += f"{size_words(self.working)} more while a training runs; "
        return (
            f"{hours}\n{disk}{size_words(self.pixels)} of decoded images in the cache or in memory"
        )


def estimate(probe: Probe, recipe: Recipe, *, every: int, trainings: int, left: int) -> Estimate:
    """Estimate the whole by one epoch.

    Steps cost what their images cost in the first epoch, labellings what theirs costs for each
    label space. What happens once, such as decoding, is left out or counted every time.

    Args:
        probe: the epoch, the first one as a rule.
        recipe: of all trainings.
        every: epochs of the last stage between two that are scored; 0 for none.
        trainings: how many there are.
        left: how many of them are not finished.

    Returns:
        The estimate.
    """
    first = next(stage for stage in recipe.stages if stage.name == probe.stage)
    label = probe.labelling / len(recipe.spaces(first))
    image = probe.steps / (first.iterations * _images(recipe, first))
    seconds = 0.0
    for stage in recipe.stages:
        labellings = ceil(stage.epochs / stage.relabel_every) if stage.relabel_every else 1
        seconds += label * labellings * len(recipe.spaces(stage))
        seconds += image * stage.epochs * stage.iterations * _images(recipe, stage)
    looks = ceil(recipe.stages[-1].epochs / every) if every else 0
    seconds += probe.scoring * (looks + 1)
    return Estimate(
        seconds,
        trainings,
        left,
        kept=trainings * (len(recipe.stages) + BESIDE) * probe.weights,
        working=STATES * STATE * probe.weights,
        pixels=probe.pixels,
    )


def time_words(seconds: float) -> str:
    """Say how long something takes.

    Args:
        seconds: of it.

    Returns:
        Seconds, minutes or hours.

    >>> time_words(0.6), time_words(42), time_words(600), time_words(9000)
    ('0.6 s', '42 s', '10 min', '2.5 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def size_words(size: int) -> str:
    """Say how large something is.

    Args:
        size: in bytes.

    Returns:
        Megabytes or gigabytes.

    >>> size_words(2_500_000), size_words(4_200_000_000)
    ('2 MB', '4.2 GB')
    """
    return f"{size / 1e6:.0f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"


def _images(recipe: Recipe, stage: StageConfig) -> int:
    """Return labels times images of all batches of an iteration."""
    batches = (recipe.batch(step) for step in stage.steps())
    return sum(labels * images for labels, images in batches)
