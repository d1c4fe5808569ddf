"""Products on the CPU in bf16, where the processor multiplies faster in it than in float32."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vireid.types import Float, Int

if TYPE_CHECKING:
    from torch import Tensor

_FLAGS = ("amx_bf16", "avx512_bf16")
"""What Linux calls instructions that multiply bf16 and add up in float32."""
_ROWS = 4096
_TRIED = (48, 1024)
"""Rows and columns of the product by which torch is tried."""


@lru_cache(maxsize=1)
def has_bf16() -> bool:
    """Tell whether the processor multiplies bf16, and torch adds up in float32 as is assumed.

    Returns:
        False where either is not known; what is found is the same, only slower.
    """
    try:
        words = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return False
    return any(flag in words for flag in _FLAGS) and _adds_up_in_float32()


def _adds_up_in_float32() -> bool:
    """Compare a product with its exact value, rounded once."""
    import torch

    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    rows = np.abs(np.random.default_rng(0).normal(size=_TRIED)).astype(np.float32)
    short = shortened(rows, np.arange(len(rows)))[0]
    found = np.empty((len(rows), len(rows)), dtype=np.float32)
    multiply_short(short, short, found)
    exact = short.double().numpy() @ short.double().numpy().T
    return bool((np.abs(found - exact) <= exact * (2.0**-8 + 2.0**-12)).all())


def shortened(rows: Float, order: Int) -> tuple["Tensor", NDArray[np.float64]]:
    """Round values to bf16's 8 significant bits.

    Args:
        rows: [N, D] float32.
        order: [N] which row comes at which place.

    Returns:
        [N, D] bf16 in that order, and [N] how far (Euclidean) each row is from what it became.
    """
    import torch

    short = torch.empty(rows.shape, dtype=torch.bfloat16)
    errors = np.empty(len(rows))
    for start in range(0, len(rows), _ROWS):
        part = rows[order[start : start + _ROWS]]
        short[start : start + _ROWS] = torch.from_numpy(part)
        left = part - short[start : start + _ROWS].float().numpy()
        errors[start : start + _ROWS] = np.linalg.norm(left.astype(np.float64), axis=1)
    return short, errors


def multiply_short(left: "Tensor", right: "Tensor", out: Float) -> None:
    """Multiply bf16 rows; sums in float32, each rounded to bf16 in the end.

    Args:
        left: [A, D] bf16.
        right: [B, D] bf16.
        out: [A, B] float32, contiguous; filled with the dot products.
    """
    import torch

    with torch.no_grad(), torch.autocast("cpu", enabled=False):
        torch.from_numpy(out).copy_(left @ right.T)
