"""Settings of augmentation."""

from collections.abc import Iterator
from dataclasses import dataclass

from vireid.errors import BELOW_ONE, FROM_ZERO, SHARE, outside


@dataclass(frozen=True)
class AugmentationConfig:
    """What may happen to a training image."""

    padding: int = 5
    """Pixels added at each side before the crop back to the size (at least 0)."""
    flip: float = 0.5
    """Probability of a horizontal flip, in [0, 1]."""
    erasing: float = 0.5
    """Probability that a rectangle is erased, in [0, 1]."""
    exposure: float = 0.3
    """Largest relative change of brightness, and of gamma on a logarithmic scale, in [0, 1)."""
    exchange_grey: bool = True
    """Let channel exchange pick grey besides red, green and blue."""
    infrared_exchange: bool = False
    """Also exchange the channels of most infrared images, as AGW does; for coloured ones."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each value that cannot be."""
        where = "augmentation."
        yield from outside(where, self, FROM_ZERO, "padding")
        yield from outside(where, self, SHARE, "flip", "erasing")
        yield from outside(where, self, BELOW_ONE, "exposure")
