"""Products on the CPU in bf16, where the processor multiplies faster in it than in float32."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import numpy as np

from vireid.types import Float

_FLAGS = ("amx_bf16", "avx512_bf16")
"""What Linux calls instructions that multiply bf16 and add up in float32."""
_ROWS = 4096


@lru_cache(maxsize=1)
def has_bf16() -> bool:
    """Tell whether the processor multiplies bf16, and torch lets it.

    Returns:
        False where either is not known; what is found is the same, only slower.
    """
    try:
        words = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return False
    if not any(flag in words for flag in _FLAGS):
        return False
    import torch

    matmul = getattr(torch.backends.mkldnn, "matmul", None)  # torch 2.9 and newer
    return hasattr(matmul, "fp32_precision") and torch.backends.mkldnn.is_available()


def rounded(rows: Float) -> Float:
    """Round values to bf16's 8 significant bits.

    Args:
        rows: [M, D] float32.

    Returns:
        [M, D] float32 values that bf16 holds exactly.
    """
    import torch

    return torch.tensor(rows).bfloat16().float().numpy()


def rounding_errors(rows: Float) -> Float:
    """Return how far each row is from what ``rounded`` makes of it.

    Args:
        rows: [N, D] float32.

    Returns:
        [N] Euclidean distances, float64.
    """
    parts = (rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS))
    found = [np.linalg.norm((part - rounded(part)).astype(np.float64), axis=1) for part in parts]
    return np.concatenate([np.empty(0), *found])


def multiply_rounded(left: Float, right: Float, out: Float) -> None:
    """Multiply rows whose values bf16 holds, adding up in float32.

    Args:
        left: [A, D], as from ``rounded``.
        right: [B, D], likewise.
        out: [A, B] float32, contiguous; filled with the dot products.
    """
    import torch

    with _in_bf16(), torch.no_grad(), torch.autocast("cpu", enabled=False):
        torch.mm(torch.from_numpy(left), torch.from_numpy(right).T, out=torch.from_numpy(out))


@contextmanager
def _in_bf16() -> Iterator[None]:
    """Let torch multiply float32 in bf16 on the CPU."""
    import torch

    place = torch.backends.mkldnn.matmul
    before = place.fp32_precision
    place.fp32_precision = "bf16"
    try:
        yield
    finally:
        place.fp32_precision = before
