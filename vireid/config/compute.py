"""Settings of how a training is computed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vireid.errors import FROM_ONE, outside

Precision = Literal["fp64", "fp32", "tf32", "bf16", "fp16"]


@dataclass(frozen=True)
class ComputeConfig:
    """Precision, memory and speed; what a step computes stays the same up to rounding."""

    precision: Precision = "fp32"
    """Of stems and trunk in training steps: fp32, in convolutions and products alike; tf32, which
    rounds their factors to 11 bits on a GPU; bf16 or fp16 (mixed, for GPUs); fp64 (to compare runs
    that add in another order). Losses, neck and labelling stay in fp32."""
    embedding: Literal["fp32", "tf32", "bf16"] = "fp32"
    """Of stems and trunk where the training images are embedded for labels."""
    embedding_batch: int | None = None
    """Images that are embedded at once (at least 1); on a GPU chosen by its free memory when a
    training begins, and then kept, where not given; 64 on a CPU."""
    deterministic: bool = True
    """Let a GPU give the same bits every time, so that a resumed training is bit-equal; without,
    its libraries may choose faster sums in any order."""
    parts: int | None = None
    """Parts that a batch goes through stems and trunk in: more need less memory and a second
    forward pass; losses see the whole batch, batch statistics of the trunk a part (at least 1).
    On a GPU chosen by its free memory when a training begins, and then kept, where not given; 1
    on a CPU."""
    compile: bool = False
    """Compile the trunk with torch.compile; needs a C++ compiler, or a GPU with Triton."""
    synchronise: bool = True
    """Take batch statistics over all processes, so that results do not depend on their number."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each value that cannot be."""
        given = [n for n in ("parts", "embedding_batch") if getattr(self, n) is not None]
        yield from outside("compute.", self, FROM_ONE, *given)

    @property
    def products(self) -> Literal["ieee", "tf32"]:
        """What float32 numbers are multiplied in, in a training step."""
        return "tf32" if self.precision == "tf32" else "ieee"
