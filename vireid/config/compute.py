"""Settings of how a training is computed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vireid.errors import FROM_ONE, outside

Precision = Literal["fp64", "fp32", "bf16", "fp16"]


@dataclass(frozen=True)
class ComputeConfig:
    """Precision, memory and speed; what a step computes stays the same up to rounding."""

    precision: Precision = "fp32"
    """Of stems and trunk in training steps: fp32, bf16 or fp16 (mixed, for GPUs), or fp64 (to
    compare runs that add in another order). Losses, neck and labelling stay in fp32."""
    parts: int = 1
    """Parts that a batch goes through stems and trunk in: more need less memory and a second
    forward pass; losses see the whole batch, batch statistics of the trunk a part (at least 1)."""
    compile: bool = False
    """Compile the trunk with torch.compile; needs a C++ compiler, or a GPU with Triton."""
    synchronise: bool = True
    """Take batch statistics over all processes, so that results do not depend on their number."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each value that cannot be."""
        yield from outside("compute.", self, FROM_ONE, "parts")
