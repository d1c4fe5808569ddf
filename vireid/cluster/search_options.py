"""How nearest neighbours are searched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from vireid.errors import ConfigError
from vireid.types import Float, Int, Modality, Tell

if TYPE_CHECKING:
    from torch import Tensor

Backend = Literal["exact", "ivf", "hnsw"]
"""Among all rows, or approximately in an inverted file or a graph (FAISS)."""

Start = tuple[Int | None, Mapping[Modality, Int]]
"""Indices of neighbours among all rows [N, K], and of those of each modality [M, K] among its rows,
as ``modal_neighbours`` returns them."""

_CPU_BLOCK = 1024
_DEVICE_BLOCK = 8192
_DEVICE_PRODUCTS = 2**27
"""Products that a device holds at a time (512 MiB), about three times over."""


@dataclass(frozen=True, eq=False)
class Held:
    """Rows that lie on a device already; counts for a search of this very array alone."""

    rows: NDArray[np.floating]
    """[N, D] what the search will be given."""
    tensor: "Tensor"
    """[N, D] float32, equal to the rows as float32, value by value."""

    def fits(self, rows: Float) -> bool:
        """Say whether the tensor has the type and shape of rows.

        Args:
            rows: [N, D] float32.

        Returns:
            True where it has.
        """
        return self.tensor.shape == rows.shape and str(self.tensor.dtype) == f"torch.{rows.dtype}"


@dataclass(frozen=True)
class Search:
    """How neighbours are searched; what is found depends on the backend alone."""

    backend: Backend = "exact"
    """exact, or ivf or hnsw: approximate, which need the optional package faiss."""
    device: str = "cpu"
    """Where the exact search multiplies: cpu, cuda, cuda:1 ..."""
    threads: int | None = None
    """Threads of the CPU; where not given, as many as the matrix library uses."""
    block: int | None = None
    """Rows of the similarity matrix held at a time; where not given, 1,024 on the CPU, elsewhere
    up to 8,192 and 512 MiB."""
    part: tuple[int, int] = (0, 1)
    """(i, n) searches for the i-th of n shares of the rows: one for each of n processes."""
    progress: Tell | None = None
    """Called with how many rows are done and how many there are."""
    held: Held | None = field(default=None, compare=False, repr=False)
    """The rows on the device, where they are there already."""
    start: Start | None = field(default=None, compare=False, repr=False)
    """Of an approximate search, what a former one found for the same images: it begins there, and
    makes an index only where a sample says that this misses too much."""
    told: Callable[[str], None] | None = field(default=None, compare=False, repr=False)
    """Called with a line on how approximate neighbours were found, and what a sample missed."""

    def __post_init__(self) -> None:
        """Check the values."""
        index, parts = self.part
        if self.backend not in get_args(Backend):
            raise ConfigError(
                f"backend is {self.backend}; expected one of: {', '.join(get_args(Backend))}"
            )
        if (self.block is not None and self.block < 1) or not 0 <= index < parts:
            raise ConfigError(
                f"block is {self.block} and part {self.part}; expected block at least 1 and part "
                "(i, n) with 0 <= i < n"
            )
        if self.backend != "exact" and self.device != "cpu":
            raise ConfigError(
                f"the {self.backend} search runs on the cpu, not on {self.device}; use exact"
            )
        if self.backend == "exact" and self.start is not None:
            raise ConfigError("the exact search starts anew; leave out start, or use ivf or hnsw")

    def rows(self, count: int) -> slice:
        """Return which of N rows are searched for.

        Args:
            count: N.

        Returns:
            The i-th of n even shares.
        """
        index, parts = self.part
        return slice(index * count // parts, (index + 1) * count // parts)

    def cpu_block(self, count: int) -> int:
        """Return how many queries NumPy multiplies at a time.

        Args:
            count: M rows that each of them is multiplied with.

        Returns:
            At least 1.
        """
        return self.block or max(1, min(_CPU_BLOCK, _DEVICE_PRODUCTS // max(1, count)))

    def device_block(self, count: int) -> int:
        """Return how many queries a device multiplies at a time.

        Args:
            count: M rows that each of them is multiplied with.

        Returns:
            At least 1.
        """
        return self.block or max(1, min(_DEVICE_BLOCK, _DEVICE_PRODUCTS // max(1, count)))
