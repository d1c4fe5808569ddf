"""The page of a run: one file, nothing loaded from anywhere."""

from base64 import b64encode
from dataclasses import dataclass
from importlib.resources import files

from vireid.pages.data_card import Table
from vireid.pages.markup import plain, table, text
from vireid.pages.plots import Plot, draw_plot


@dataclass(frozen=True)
class Shot:
    """One small picture."""

    jpeg: bytes
    """The file."""
    said: str
    """What it shows, for those who hear the page."""
    kind: str = "plain"
    """visible, infrared, query, right or wrong: the colour of its frame."""
    below: str = ""
    """A few words below it."""


@dataclass(frozen=True)
class Strip:
    """A row of small pictures."""

    title: str
    """Above it."""
    note: str
    """What is known of it."""
    shots: tuple[Shot, ...]
    """From left to right."""


@dataclass(frozen=True)
class Lines:
    """Sentences below each other."""

    lines: tuple[str, ...]
    """One or more."""


@dataclass(frozen=True)
class Commands:
    """Words to type, as they are."""

    lines: tuple[str, ...]
    """One or more."""


@dataclass(frozen=True)
class Plots:
    """Plots beside each other."""

    plots: tuple[Plot, ...]
    """One or more."""
    small: bool = False
    """Whether four of them stand beside each other on a wide page, in place of three."""


Part = Strip | Lines | Commands | Plots | Table


@dataclass(frozen=True)
class Section:
    """One subject."""

    title: str
    """Its heading."""
    parts: tuple[Part, ...]
    """From top to bottom."""
    hint: str = ""
    """How to read it."""


@dataclass(frozen=True)
class Report:
    """What the page of a run tells. Any text may hold any sign."""

    name: str
    """Of the run."""
    state: str
    """What became of the training, a few words."""
    whole: bool
    """Whether it came to its end."""
    lead: tuple[str, ...]
    """What was trained on what, a sentence each."""
    numbers: tuple[tuple[str, str], ...]
    """A few numbers that matter most, with what they are."""
    sections: tuple[Section, ...]
    """All the rest."""
    left_out: tuple[str, ...]
    """What is not shown, and why."""
    made: str
    """The command and version that made it."""


def report_page(report: Report) -> str:
    """Return the page.

    Args:
        report: what it tells.

    Returns:
        HTML with its style and pictures inside; nothing in it runs or loads anything.
    """
    folder = files("vireid.pages")
    styles = (folder.joinpath(name) for name in ("data_card.css", "report.css"))
    style = "".join(file.read_text(encoding="utf-8") for file in styles)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">"
        f"<title>Report: {plain(report.name)}</title><style>{style}</style></head><body><main>"
        f"{_head(report)}{''.join(map(_section, report.sections))}{_left_out(report)}"
        f"<footer><p>Made by {text(report.made)}.</p></footer></main></body></html>\n"
    )


def _head(report: Report) -> str:
    kind = "yes" if report.whole else "stopped"
    tiles = "".join(
        f"<div><b>{text(number)}</b><span>{text(name)}</span></div>"
        for number, name in report.numbers
    )
    lead = "".join(f'<p class="lead">{text(line)}</p>' for line in report.lead)
    return (
        f"<header><p>Report of a training</p><h1>{text(report.name)}</h1>"
        f'<ul class="uses"><li class="{kind}">{text(report.state)}</li></ul>{lead}</header>'
        + (f'<div class="tiles">{tiles}</div>' if tiles else "")
    )


def _section(section: Section) -> str:
    hint = f'<p class="hint">{text(section.hint)}</p>' if section.hint else ""
    parts = "".join(map(_part, section.parts))
    return f"<section><h2>{text(section.title)}</h2>{parts}{hint}</section>"


def _part(part: Part) -> str:
    if isinstance(part, Table):
        return table(part.header, part.rows)
    if isinstance(part, Strip):
        shots = "".join(map(_shot, part.shots))
        return (
            f'<div class="strip"><h3>{text(part.title)}</h3><p class="facts">{text(part.note)}</p>'
            f'<div class="shots">{shots}</div></div>'
        )
    if isinstance(part, Plots):
        kind = "plots small" if part.small else "plots"
        return f'<div class="{kind}">{"".join(map(draw_plot, part.plots))}</div>'
    if isinstance(part, Commands):
        shown = "\n".join(text(line) for line in part.lines)
        return f'<pre tabindex="0">{shown}</pre>'
    return f'<ul class="said">{"".join(f"<li>{text(line)}</li>" for line in part.lines)}</ul>'


def _shot(shot: Shot) -> str:
    data = b64encode(shot.jpeg).decode()
    below = f"<figcaption>{text(shot.below)}</figcaption>" if shot.below else ""
    return (
        f'<figure class="{shot.kind}"><img alt="{plain(shot.said)}" '
        f'src="data:image/jpeg;base64,{data}">{below}</figure>'
    )


def _left_out(report: Report) -> str:
    if not report.left_out:
        return ""
    lines = "".join(f"<li>{text(line)}</li>" for line in report.left_out)
    return f'<section><h2>Left out</h2><ul class="said">{lines}</ul></section>'
