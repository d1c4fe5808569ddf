"""How nearest neighbours are searched."""

from dataclasses import dataclass
from typing import Literal, get_args

from vireid.errors import ConfigError
from vireid.types import Tell

Backend = Literal["exact", "ivf"]
"""Among all rows, or in an inverted file (FAISS)."""


@dataclass(frozen=True)
class Search:
    """How neighbours are searched; what is found depends on the backend alone."""

    backend: Backend = "exact"
    """exact, or ivf: approximate, needs the optional package faiss."""
    device: str = "cpu"
    """Where the exact search multiplies: cpu, cuda, cuda:1 ..."""
    threads: int | None = None
    """Threads of the CPU; where not given, as many as the matrix library uses."""
    block: int = 1024
    """Rows of the similarity matrix held at a time."""
    part: tuple[int, int] = (0, 1)
    """(i, n) searches for the i-th of n shares of the rows: one for each of n processes."""
    progress: Tell | None = None
    """Called with how many rows are done and how many there are."""

    def __post_init__(self) -> None:
        """Check the values."""
        index, parts = self.part
        if self.backend not in get_args(Backend):
            raise ConfigError(f"backend is {self.backend}; expected one of: exact, ivf")
        if self.block < 1 or not 0 <= index < parts:
            raise ConfigError(
                f"block is {self.block} and part {self.part}; expected block at least 1 and part "
                "(i, n) with 0 <= i < n"
            )
        if self.backend == "ivf" and self.device != "cpu":
            raise ConfigError(f"the ivf search runs on the cpu, not on {self.device}; use exact")

    def rows(self, count: int) -> slice:
        """Return which of N rows are searched for.

        Args:
            count: N.

        Returns:
            The i-th of n even shares.
        """
        index, parts = self.part
        return slice(index * count // parts, (index + 1) * count // parts)
