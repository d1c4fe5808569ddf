"""The frame of a small plot as SVG: where values stand, lines of a scale, numbers beside it."""

import math
from collections.abc import Sequence

WIDTH, HEIGHT = 360, 220
"""Of a plot, in its own units."""
LEFT, RIGHT, TOP, BELOW = 46, 10, 10, 26
"""Left free around the axes."""
COLOURS = 8
"""Colours of a plot; more lines are told apart by their dashes."""

Range = tuple[float, float]
"""The lowest and the highest value of an axis."""


def steps(low: float, high: float, most: int = 5, *, whole: bool = False) -> list[float]:
    """Return round numbers within a range.

    Args:
        low: the lowest value.
        high: the highest, above it.
        most: how many at most.
        whole: whether only whole numbers count.

    Returns:
        Multiples of 1, 2 or 5 times a power of ten, ascending.

    >>> steps(0, 1)
    [0.0, 0.5, 1.0]
    """
    exact = (high - low) / max(1, most - 1)
    power = 10.0 ** math.floor(math.log10(exact))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= exact * 0.999)
    step = max(step, 1.0) if whole else step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def wider(values: Sequence[float]) -> Range:
    """Return a range that holds all values and is not empty.

    Args:
        values: finite numbers; none give 0 to 1.

    Returns:
        The range.
    """
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    if high - low < 1e-9:
        room = abs(high) / 2 or 0.5
        return low - room, high + room
    return low, high


def place(x: float, y: float, across: Range, up: Range) -> tuple[float, float]:
    """Return where a point stands in the plot.

    Args:
        x: its value across.
        y: its value upwards.
        across: the range of the axis below.
        up: the range of the axis beside.

    Returns:
        From left and from above, in the plot's units.
    """
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BELOW
    return (
        LEFT + wide * (x - across[0]) / (across[1] - across[0]),
        TOP + high * (1 - (y - up[0]) / (up[1] - up[0])),
    )


def grid(across: Range, up: Range, *, upwards: bool = True, whole: bool = False) -> str:
    """Draw lines of the scale with their numbers.

    Args:
        across: the range of the axis below.
        up: the range of the axis beside.
        upwards: whether that one has a scale.
        whole: whether only whole numbers stand below.

    Returns:
        SVG.
    """
    parts = []
    for value in steps(*across, whole=whole):
        x, _ = place(value, up[0], across, up)
        parts.append(f'<text class="tick" x="{x:.1f}" y="{HEIGHT - 8}">{value:g}</text>')
    for value in steps(*up) if upwards else ():
        _, y = place(across[0], value, across, up)
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="side" x="{LEFT - 6}" y="{y + 4:.1f}">{value:g}</text>'
        )
    floor = HEIGHT - BELOW
    line = f'<line class="floor" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{floor}" y2="{floor}"/>'
    return "".join([*parts, line])
