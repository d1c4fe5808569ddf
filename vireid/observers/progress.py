"""How far a long piece of work is: what a verb tells, and who shows it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from vireid.types import Tell


class Progress(Protocol):
    """Shows pieces of work, such as bars on a terminal."""

    def __call__(self, what: str) -> AbstractContextManager[Tell]:
        """Begin to show a piece of work; leaving the context ends it.

        Args:
            what: a word or two on what is going on.

        Returns:
            A context that gives what is to be told.
        """
        ...


@contextmanager
def silent(what: str) -> Iterator[Tell]:  # noqa: ARG001 - a Progress
    """Show nothing: a ``Progress`` for whoever does not want to see any.

    Args:
        what: a word or two on what is going on.

    Yields:
        A function that does nothing.
    """
    yield lambda done, total: None  # noqa: ARG005
