"""Settings of how a run is evaluated and searched where nothing else is said."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from vireid.errors import ConfigError, meant
from vireid.types import NamedStatistics

Centre = Literal["none", "training", "own"]
"""Whose statistics of cameras are taken off embeddings."""
CentreWord = Centre | NamedStatistics | None
"""The same, or the statistics themselves; None for what the recipe says."""


@dataclass(frozen=True)
class EvaluationConfig:
    """What is done with the embeddings of a trained network before they are compared."""

    centre: Centre = "none"
    """What is taken off each embedding: nothing (none), the mean of its camera among the training
    images (training), or that among the very images that are embedded (own)."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each value that cannot be."""
        if self.centre not in get_args(Centre):
            yield f"evaluation.centre is {self.centre}; expected one of {_known()}"


def check_centre(word: str) -> Centre:
    """Return a word for what is taken off embeddings.

    Args:
        word: as given.

    Returns:
        The word.

    Raises:
        ConfigError: it is none of them.
    """
    for known in get_args(Centre):
        if word == known:
            return word  # type: ignore[return-value]
    near = meant(str(word), get_args(Centre))
    raise ConfigError(f"centre is {word}; expected one of {_known()}{near}")


def _known() -> str:
    return ", ".join(get_args(Centre))
