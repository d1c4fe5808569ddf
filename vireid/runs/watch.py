"""Who is shown a training while it runs."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.training import EpochReport, StepReport


class Watch:
    """Is told of a training; does nothing, so that who derives from it takes what is wanted."""

    def step(self, report: StepReport) -> None:
        """Take note of a step.

        Args:
            report: where the training is: at the start of an epoch, before its images are
                labelled, or after a step.
        """

    def embedding(self, done: int, total: int) -> None:
        """Take note of how far the images are embedded, so that they can be labelled.

        Args:
            done: images that are embedded.
            total: all images.
        """

    def labelling(self) -> None:
        """Take note that labelling begins."""

    def labelled(self) -> None:
        """Take note that labelling has ended."""

    def epoch(self, report: EpochReport, line: Mapping[str, Any]) -> None:
        """Take note of an epoch.

        Args:
            report: what it did.
            line: what the log keeps of it, plain values; scores of the labels among them, where
                identities are known.
        """


class Watching(Protocol):
    """Opens a watch of one training."""

    def __call__(self, recipe: Recipe, data: DataFolder) -> AbstractContextManager[Watch]:
        """Open it.

        Args:
            recipe: of the training.
            data: its images, without those that cannot be read.

        Returns:
            A context that gives what is to be told, and is left when the training ends.
        """
        ...


@contextmanager
def nobody(recipe: Recipe, data: DataFolder) -> Iterator[Watch]:  # noqa: ARG001 - a Watching
    """Show nothing: a ``Watching`` for whoever does not want to see any.

    Args:
        recipe: of the training.
        data: its images.

    Yields:
        A watch that does nothing.
    """
    yield Watch()
