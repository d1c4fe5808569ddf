"""A device that multiplies in low precision, made of this machine's CPU."""

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import torch
from torch.utils._python_dispatch import TorchDispatchMode

Tensor = torch.Tensor
Precision = Literal["float32", "tf32", "tf32 cut", "bf16"]

PRECISIONS: tuple[Precision, ...] = ("float32", "tf32", "tf32 cut", "bf16")
_PRODUCTS = {"mm", "addmm", "bmm", "baddbmm", "mv", "addmv", "dot"}


class Multiply(Protocol):
    """A product of two float32 matrices."""

    def __call__(self, left: Tensor, right: Tensor) -> Tensor:
        """Return left @ right, more or less."""


def rounded(values: Tensor, precision: Precision) -> Tensor:
    """Round float32 values to what a factor of a product keeps of them."""
    if precision == "float32":
        return values
    if precision == "bf16":
        return values.bfloat16().float()
    bits = values.contiguous().view(torch.int32)
    if precision == "tf32":  # to the nearest, 13 of 23 bits less
        bits = bits + (1 << 12)
    return (bits & ~((1 << 13) - 1)).view(torch.float32)


def exactly(left: Tensor, right: Tensor) -> Tensor:
    """Multiply as this machine does."""
    return left @ right


def cut_sums(left: Tensor, right: Tensor) -> Tensor:
    """Add four products at a time to a running sum, all cut to 24 bits below the largest."""
    terms = left.double()[:, :, None] * right.double()[None]
    total = torch.zeros(len(left), right.shape[1], dtype=torch.float64)
    for start in range(0, terms.shape[1], 4):
        addends = torch.cat([terms[:, start : start + 4], total[:, None]], dim=1)
        largest = addends.abs().amax(dim=1, keepdim=True)
        unit = torch.exp2(torch.floor(torch.log2(largest.clamp_min(1e-30))) - 23)
        total = _cut(torch.trunc(addends / unit).mul(unit).sum(dim=1))
    return total.float()


def _cut(values: Tensor) -> Tensor:
    """Cut float64 values to 24 bits, towards 0."""
    mantissa, exponent = torch.frexp(values)
    return torch.ldexp(torch.trunc(mantissa * 2.0**24), exponent - 24)


class LowPrecision(TorchDispatchMode):
    """Within it, every product of float32 matrices rounds its factors first.

    Attributes:
        count: products so far.
    """

    def __init__(self, precision: Precision, multiply: Multiply = exactly) -> None:
        super().__init__()
        self.precision, self.multiply, self.count = precision, multiply, 0

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: Any = (), kwargs: Any = None
    ) -> Any:
        name = func.overloadpacket.__name__.rstrip("_")
        if name not in _PRODUCTS:
            return func(*args, **(kwargs or {}))
        assert name == "mm", f"the search multiplies by {name}"
        assert all(one.dtype == torch.float32 for one in args)
        self.count += 1
        return self.multiply(*(rounded(one, self.precision) for one in args))
