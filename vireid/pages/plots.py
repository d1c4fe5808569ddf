"""Plots of a report as SVG, in the colours of the page: lines, histograms, and maps of points."""

from collections.abc import Sequence
from dataclasses import dataclass

from vireid.pages.axes import COLOURS, HEIGHT, WIDTH, Range, grid, place, wider
from vireid.pages.markup import plain, text


@dataclass(frozen=True)
class Line:
    """Values over steps."""

    name: str
    """Of the line."""
    points: tuple[tuple[float, float], ...]
    """Where it passes, from left to right."""


@dataclass(frozen=True)
class LinePlot:
    """Several lines over the same steps."""

    title: str
    """What is drawn."""
    lines: tuple[Line, ...]
    """At least one."""
    begins: tuple[float, ...] = ()
    """Where something new begins; a line stands there."""
    across: Range | None = None
    """The first and the last step of the axis; those of the lines where not given."""


@dataclass(frozen=True)
class Bars:
    """How many values lie where."""

    name: str
    """Of what."""
    kind: str
    """``same`` or ``other``, which says the colour."""
    shares: tuple[float, ...]
    """Of each of equally wide bins, at least 0."""


@dataclass(frozen=True)
class Histogram:
    """Histograms over the same bins."""

    title: str
    """What is drawn."""
    low: float
    """Where the first bin begins."""
    high: float
    """Where the last one ends, above it."""
    groups: tuple[Bars, ...]
    """At least one, with equally many bins."""
    note: str = ""
    """What it says, in words."""


@dataclass(frozen=True)
class PointMap:
    """Points in two dimensions, coloured by their group."""

    title: str
    """What is drawn."""
    points: tuple[tuple[float, float], ...]
    """N places."""
    group: tuple[int, ...]
    """N indices into the names."""
    diamond: tuple[bool, ...]
    """Whether each of the N is a diamond and no circle."""
    names: tuple[str, ...]
    """Of the groups."""


Plot = LinePlot | Histogram | PointMap


def draw_plot(plot: Plot) -> str:
    """Draw a plot with its title and its legend.

    Args:
        plot: what to draw.

    Returns:
        HTML; what is drawn is said in words, too.
    """
    if isinstance(plot, LinePlot):
        drawn, said, legend = _lines(plot)
    elif isinstance(plot, Histogram):
        drawn, said, legend = _histogram(plot)
    else:
        drawn, said, legend = _map(plot)
    note = f"<p>{text(plot.note)}</p>" if isinstance(plot, Histogram) and plot.note else ""
    return (
        f'<figure class="plot"><figcaption>{text(plot.title)}</figcaption>'
        f'<svg role="img" aria-label="{plain(f"{plot.title}. {said}")}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">{drawn}</svg>{legend}{note}</figure>'
    )


def _lines(plot: LinePlot) -> tuple[str, str, str]:
    across = wider(plot.across or [x for line in plot.lines for x, _ in line.points])
    low, high = wider([y for line in plot.lines for _, y in line.points])
    room = 0.05 * (high - low)
    up = (low if low == 0 else low - room, high + room)
    parts = [grid(across, up, whole=True)]
    for x in plot.begins:
        left, _ = place(x, up[0], across, up)
        parts.append(f'<line class="begin" x1="{left:.1f}" x2="{left:.1f}" y1="10" y2="194"/>')
    for number, line in enumerate(plot.lines):
        places = [place(x, y, across, up) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline class="{_style(number)}" points="{path}"/>')
        parts += [
            f'<circle class="{_style(number)}" cx="{x:.1f}" cy="{y:.1f}" r="2.4"/>'
            for x, y in places
        ]
    said = "; ".join(
        f"{line.name} from {line.points[0][1]:.3g} to {line.points[-1][1]:.3g}"
        for line in plot.lines
    )
    return "".join(parts), said, _legend([(line.name, n) for n, line in enumerate(plot.lines)])


def _histogram(plot: Histogram) -> tuple[str, str, str]:
    across = (plot.low, plot.high)
    most = max(max(group.shares) for group in plot.groups) or 1.0
    up, parts = (0.0, 1.05 * most), [grid(across, (0.0, 1.05 * most), upwards=False)]
    for group in plot.groups:
        wide = (plot.high - plot.low) / len(group.shares)
        path = []
        for number, share in enumerate(group.shares):
            for x in (plot.low + number * wide, plot.low + (number + 1) * wide):
                path.append("{:.1f},{:.1f}".format(*place(x, share, across, up)))
        floor = [place(x, 0.0, across, up) for x in across]
        ends = [f"{x:.1f},{y:.1f}" for x, y in floor]
        parts.append(
            f'<polygon class="{group.kind}" points="{" ".join([ends[0], *path, ends[1]])}"/>'
        )
    names = [f'<li class="{group.kind}">{text(group.name)}</li>' for group in plot.groups]
    return "".join(parts), plot.note, f'<ul class="legend">{"".join(names)}</ul>'


def _map(plot: PointMap) -> tuple[str, str, str]:
    across, up = (wider([point[axis] for point in plot.points]) for axis in (0, 1))
    parts = []
    for point, group, diamond in zip(plot.points, plot.group, plot.diamond, strict=True):
        x, y = place(*point, across, up)
        kind = _style(group)
        if diamond:
            shape = f"M{x:.1f} {y - 3.6:.1f}l3.6 3.6-3.6 3.6-3.6-3.6z"
            parts.append(f'<path class="{kind}" d="{shape}"/>')
        else:
            parts.append(f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="2.7"/>')
    counts = [sum(group == number for group in plot.group) for number in range(len(plot.names))]
    said = ", ".join(f"{count} of {name}" for count, name in zip(counts, plot.names, strict=True))
    return (
        f'<g class="map">{"".join(parts)}</g>',
        f"{len(plot.points)} points: {said}",
        _legend([(name, number) for number, name in enumerate(plot.names)]),
    )


def _style(number: int) -> str:
    """Return the classes of a line or group: colour, and dashes where colours come again."""
    return f"c{number % COLOURS}" + " dashed" * (number >= COLOURS)


def _legend(names: Sequence[tuple[str, int]]) -> str:
    lines = [f'<li class="{_style(number)}">{text(name)}</li>' for name, number in names]
    return f'<ul class="legend">{"".join(lines)}</ul>'
