"""Values of any range -> 0 to 255: which range values use, and the scaling itself."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.types import Span

RANGES = (8, 10, 12, 14, 16)
"""Bits of sensors and of the files that hold their values."""
PART = 0.25
"""Share of such a range that values use at least, so that the range is theirs."""
TAILS = (0.1, 99.9)
"""Percentiles between which the values lie otherwise."""
MARGIN = 0.02
"""Share of what lies between them that is added on both sides."""
STEPS = (257, 256)
"""What 8-bit values are multiplied by to fill 16 bits."""


def natural_span(
    values: NDArray[Any], ends: tuple[float, float] | None = None, step: int = 0
) -> Span:
    """Find what is to become black and white.

    A range of 8, 10, 12, 14 or 16 bits is taken where values use a quarter of it, so that bytes in
    a file of 16 bits, multiplied by 257 or not, become what they were.

    Args:
        values: of one picture or many.
        ends: the smallest and the largest value of all, where ``values`` are a sample.
        step: 257 or 256 where every value is a multiple of it, 0 where not; found in the values
            where ends are not given.

    Returns:
        The span.

    >>> natural_span(np.array([0, 4000])), natural_span(np.array([7800.0, 8200.0])).high
    (Span(low=0, high=4095, source='12 bits'), 8208.0)
    """
    finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    if ends is None:
        ends, step = (float(finite.min()), float(finite.max())), common_step(finite)
    low, high = (float(value) for value in np.percentile(finite, TAILS))
    used = high - low
    if values.dtype.kind == "f" and ends[0] >= 0 and used >= PART and ends[1] <= 1:
        return Span(0, 1, "0 to 1")
    if step and ends[0] >= 0 and used >= PART * 255 * step / 2:
        return Span(0, 255 * step, f"8 bits, times {step}")
    whole = values.dtype.kind != "f" or bool((finite == np.round(finite)).all())
    if whole and ends[0] >= 0:
        bits = next((bits for bits in RANGES if ends[1] < 1 << bits), None)
        part = PART / 2 if bits == 8 else PART
        if bits is not None and (ends[0] == ends[1] or used >= part * (1 << bits)):
            return Span(0, (1 << bits) - 1, f"{bits} bits")
    if used == 0:
        low, high = ends
    if low == high:
        return Span(low, low + 1, "all equal")
    more = MARGIN * (high - low)
    return Span(low - more, high + more, "percentiles 0.1 and 99.9")


def common_step(values: NDArray[Any]) -> int:
    """Tell whether values are bytes that were multiplied to fill 16 bits.

    Args:
        values: whole numbers or not.

    Returns:
        257 or 256; 0 where they are something else.
    """
    if values.dtype.kind == "f" or not values.any():
        return 0
    return next((step for step in STEPS if not (values % step).any()), 0)


def scaled(values: NDArray[Any], span: Span) -> NDArray[np.uint8]:
    """Scale values to 8 bits and cut off what lies outside.

    Args:
        values: of any shape; not a number becomes 0.
        span: what becomes 0 and what 255.

    Returns:
        Of the same shape, rounded to the nearest.

    >>> scaled(np.array([-5, 0, 2048, 4095, 9000]), Span(0, 4095)).tolist()
    [0, 0, 128, 255, 255]
    >>> scaled(np.array([0, 255]), Span(255, 0)).tolist()
    [255, 0]
    """
    places = (values.astype(np.float64) - span.low) * (255 / (span.high - span.low))
    np.nan_to_num(places, copy=False, nan=0, posinf=np.inf, neginf=-np.inf)
    return (np.clip(places, 0, 255) + 0.5).astype(np.uint8)
