"""Values of more than 8 bits -> 8 bits: by a span that is given, or by the values themselves."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.data.pixels.decoding import Decoded
from vireid.types import Span

Pixels = NDArray[np.uint8]

FULL = Span(0, 65535, "full")
"""16 bits as they are: 65535 becomes 255."""
BITS = (8, 10, 12, 14, 16)
"""How many bits cameras and converters usually fill."""
FILLED = 4
"""A camera fills its bits where its values reach over a quarter of them; of 8 bits, which images of
any kind have, a sixteenth."""
PARTS = (0.1, 99.9)
"""Percentiles that become nearly black and nearly white."""
MARGIN = 0.02
"""Of the range between them, added on both sides."""


def to_pixels(decoded: Decoded, span: Span | None = None) -> Pixels:
    """Return a decoded file as red, green and blue of 8 bits.

    Args:
        decoded: the file.
        span: what becomes black and white of more than 8 bits; found from the file itself where
            None. A given span within 0 to 255 also stretches or inverts files of 8 bits.

    Returns:
        [H, W, 3]; grey levels are repeated over the three channels.
    """
    if not decoded.deep:
        if span is None or not stretches(span):
            return decoded.values
        return scaled(decoded.values, span)
    span = span or span_of([decoded.values])
    return np.repeat(scaled(decoded.values, span)[:, :, None], 3, axis=2)


def stretches(span: Span) -> bool:
    """Tell whether a span also concerns files of 8 bits: it was given, and lies within 0 to 255.

    Args:
        span: the span.

    Returns:
        True where it does.

    >>> stretches(Span(255, 0)), stretches(Span(7800, 8300)), stretches(Span(0, 255, "8 bits"))
    (True, False, False)
    """
    return (
        span.source == "given" and max(span.low, span.high) <= 255 and min(span.low, span.high) >= 0
    )


def scaled(values: NDArray[Any], span: Span) -> Pixels:
    """Bring values to 8 bits: the low end of a span becomes 0, its high end 255.

    Whole numbers are rounded to the nearest, so that bits that are filled, such as 0 to 65535 of an
    image that had 8 bits, give back what they were made of.

    Args:
        values: whole or floating-point numbers of any shape, finite.
        span: its low end may be above its high end, which inverts.

    Returns:
        The same shape.
    """
    low, high = min(span.low, span.high), max(span.low, span.high)
    if values.dtype.kind in "iu" and float(low).is_integer() and float(high).is_integer():
        start, size = int(low), int(high) - int(low)
        inside = np.clip(values.astype(np.int64), start, start + size) - start
        found = (inside * 255 + size // 2) // size
    else:
        share = (np.clip(values.astype(np.float64), low, high) - low) / (high - low)
        found = np.floor(share * 255 + 0.5)
    pixels = found.astype(np.uint8)
    return 255 - pixels if span.low > span.high else pixels


def span_of(samples: Sequence[NDArray[Any]], source: str = "itself") -> Span:
    """Find a span from values: the bits that they fill, else where nearly all of them lie.

    Args:
        samples: values of files of more than 8 bits, at least one value.
        source: what the values are of, for messages.

    Returns:
        The span.

    >>> span_of([np.array([0, 3000, 4000], np.uint16)])
    Span(low=0, high=4095, source='12 bits of itself')
    """
    values = np.concatenate([sample.reshape(-1) for sample in samples])
    low, high = (float(number) for number in np.percentile(values, PARTS))
    whole = values.dtype.kind in "iu"
    if whole and values.min() >= 0:
        for bits in BITS:
            top = 2**bits - 1
            if values.max() <= top:
                if not high > low or high - low >= top / (FILLED if bits > 8 else FILLED**2):
                    return Span(0, top, f"{bits} bits of {source}")
                break
    margin = MARGIN * (high - low)
    low, high = low - margin, high + margin
    if whole:
        low, high = float(np.floor(low)), float(np.ceil(high))
    if not high > low:  # all values are the same
        low, high = low - 0.5, low + 0.5
    return Span(low, high, f"percentiles {PARTS[0]:g} and {PARTS[1]:g} of {source}")
