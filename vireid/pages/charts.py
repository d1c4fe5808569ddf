"""Small charts as SVG, in the colours of the page that holds them."""

import unicodedata
from collections.abc import Sequence

from vireid.pages.markup import plain

ROW, NAME, SCALE, TOP = 26, 240, 420, 22
"""Height of a row, width of names and of the scale, and height above, in the chart's units."""
LETTERS = 17
"""Largest size of the letters, in these units."""
ROOM = (NAME - 8) / LETTERS
"""Width of a name, in sizes of its letters."""

Range = tuple[float, float, float, float, float]
"""The values below which 5, 25, 50, 75 and 95% of the pictures are."""


def ranges(rows: Sequence[tuple[str, str, Range]], most: float, label: str) -> str:
    """Draw where most values of each row lie.

    Args:
        rows: name, class of its colour, and range of each.
        most: the end of the scale; it begins with 0.
        label: what is drawn, for those who hear the page.

    Returns:
        HTML; a line from 5 to 95%, a bar from 25 to 75%, a mark in the middle.
    """
    height = TOP + ROW * len(rows) + 4
    parts = [_scale(most, height)]
    for number, (name, kind, values) in enumerate(rows):
        y = TOP + ROW * number + ROW / 2
        a, b, c, d, e = (NAME + min(value / most, 1) * SCALE for value in values)
        parts.append(
            f'<text class="name" x="{NAME - 8}" y="{y + 4:.1f}">{plain(_short(name))}</text>'
            f'<line class="{kind}" x1="{a:.1f}" x2="{e:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<rect class="{kind}" x="{b:.1f}" y="{y - 6:.1f}" width="{max(d - b, 1):.1f}" '
            f'height="12" rx="2"/>'
            f'<line class="middle" x1="{c:.1f}" x2="{c:.1f}" y1="{y - 8:.1f}" y2="{y + 8:.1f}"/>'
        )
    return _drawn(parts, height, label)


def bars(counts: Sequence[tuple[str, int]], label: str) -> str:
    """Draw a bar for each count.

    Args:
        counts: name and number of each, at least one.
        label: what is drawn, for those who hear the page.

    Returns:
        HTML.
    """
    most = max(1, *(count for _, count in counts))
    parts = []
    for number, (name, count) in enumerate(counts):
        y, length = 4 + ROW * number, count / most * (SCALE - 60)
        parts.append(
            f'<text class="name" x="{NAME - 8}" y="{y + 17}">{plain(_short(name))}</text>'
            f'<rect class="plain" x="{NAME}" y="{y + 5}" width="{max(length, 1):.1f}" height="16" '
            f'rx="2"/><text x="{NAME + max(length, 1) + 6:.1f}" y="{y + 17}">{count:,}</text>'
        )
    return _drawn(parts, 8 + ROW * len(counts), label)


def _scale(most: float, height: int) -> str:
    """Draw five lines with their values above."""
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = NAME + share * SCALE
        parts.append(
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{height - 4}"/>'
            f'<text class="tick" x="{x:.1f}" y="12">{share * most:.0f}</text>'
        )
    return "".join(parts)


def _drawn(parts: Sequence[str], height: int, label: str) -> str:
    width = NAME + SCALE + 20
    return (
        f'<svg role="img" aria-label="{plain(label)}" viewBox="0 0 {width} {height}">'
        f"{''.join(parts)}</svg>"
    )


def _short(name: str) -> str:
    """Return what of a name fits beside a chart, also in the larger letters of narrow screens."""
    if sum(map(_width, name)) <= ROOM:
        return name
    kept, used = "", 1.0  # the dots
    for sign in name:
        used += _width(sign)
        if used > ROOM:
            break
        kept += sign
    return kept + "\N{HORIZONTAL ELLIPSIS}"


def _width(sign: str) -> float:
    """Return the width of a sign in the size of the letters, rather too much than too little."""
    if unicodedata.east_asian_width(sign) in "WF" or sign in "MWmw@%":
        return 1.0
    return 0.76 if sign.isupper() else 0.58
