"""The page of a data set: one file, nothing loaded from anywhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from vireid.pages.charts import Range, bars, ranges
from vireid.pages.markup import picture, plain, table, text

CHARTED = 60
"""The most cameras that are drawn in a chart."""


@dataclass(frozen=True)
class Panel:
    """One camera."""

    title: str
    """Its modality and name."""
    kind: str
    """visible or infrared."""
    facts: tuple[str, ...]
    """What there is to say of it, a few words each."""
    pictures: tuple[tuple[bytes, str], ...]
    """JPEG files and what is written below them."""
    brightness: Range | None = None
    """Of its pictures; None where nothing was measured."""
    contrast: Range | None = None
    """Likewise."""


@dataclass(frozen=True)
class Table:
    """Rows under a header."""

    header: tuple[str, ...]
    """Of the columns."""
    rows: tuple[tuple[object, ...], ...]
    """Cells; whole numbers stand on the right."""


@dataclass(frozen=True)
class DataCard:
    """What a page of a data set tells. Any text may hold any sign."""

    name: str
    """Of the data."""
    made: str
    """The command and version that made it."""
    origin: str
    """Where a public data set comes from, or empty."""
    numbers: tuple[tuple[str, str], ...]
    """A few numbers that matter most, with what they are."""
    uses: tuple[tuple[str, str], ...]
    """What the data may be for, and why it cannot be used so, or nothing where it can."""
    faults: tuple[str, ...]
    """What has to be mended."""
    warnings: tuple[str, ...]
    """What is worth knowing."""
    notes: tuple[str, ...]
    """How deep files are scaled, how many queries count."""
    counts: Table
    """People and images."""
    cameras: Table
    """Images of each camera and part."""
    findings: Table
    """What is out of order, with numbers."""
    panels: tuple[Panel, ...]
    """The cameras with examples."""
    unseen: int
    """Cameras that have no panel, as there are too many."""
    spread: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    """By part, how many people have how many images."""


def card_page(card: DataCard) -> str:
    """Return the page.

    Args:
        card: what it tells.

    Returns:
        HTML with its style and pictures inside; nothing in it runs or loads anything.
    """
    style = files("vireid.pages").joinpath("data_card.css").read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">"
        f"<title>Data card: {plain(card.name)}</title><style>{style}</style></head><body><main>"
        f"{''.join(_sections(card))}</main></body></html>\n"
    )


def _sections(card: DataCard) -> Iterator[str]:
    yield f"<header><p>Data card</p><h1>{text(card.name)}</h1>{_uses(card)}</header>"
    yield f'<div class="tiles">{"".join(_tile(*pair) for pair in card.numbers)}</div>'
    yield _doubts(card)
    yield f"<section><h2>Cameras and examples</h2>{''.join(map(_panel, card.panels))}"
    if card.unseen:
        yield f"<p>Not shown: {card.unseen:,} more cameras.</p>"
    yield "</section>"
    yield from _charts(card.panels)
    for part, counts in card.spread:
        title = f"Images of each person, {part}"
        yield f"<section><h2>{text(title)}</h2>{bars(counts, title)}</section>"
    for title, one in (
        ("People and images", card.counts),
        ("Images by part and camera", card.cameras),
        ("Files and lists", card.findings),
    ):
        yield f"<section><h2>{title}</h2>{table(one.header, one.rows)}</section>"
    origin = f"<p>{text(card.origin)}</p>" if card.origin else ""
    yield f"<footer>{origin}<p>Made by {text(card.made)}.</p></footer>"


def _uses(card: DataCard) -> str:
    """Say what the data can be used for."""
    parts = []
    for purpose, reason in card.uses:
        word, kind = ("not possible: " + reason, "no") if reason else ("possible", "yes")
        parts.append(f'<li class="{kind}"><b>{text(purpose)}</b> {text(word)}</li>')
    return f'<ul class="uses">{"".join(parts)}</ul>'


def _tile(number: str, name: str) -> str:
    return f"<div><b>{text(number)}</b><span>{text(name)}</span></div>"


def _doubts(card: DataCard) -> str:
    """List faults and warnings, and what else there is to say."""
    lines = [f'<li class="fault"><b>fault</b> {text(line)}</li>' for line in card.faults]
    lines += [f'<li class="warning"><b>warning</b> {text(line)}</li>' for line in card.warnings]
    found = f"<ul>{''.join(lines)}</ul>" if lines else "<p>None: nothing looked odd.</p>"
    notes = "".join(f"<li>{text(line)}</li>" for line in card.notes)
    more = f"<h2>Good to know</h2><ul>{notes}</ul>" if notes else ""
    return f'<section class="doubts"><h2>Doubts</h2>{found}{more}</section>'


def _panel(panel: Panel) -> str:
    pictures = "".join(picture(jpeg, caption) for jpeg, caption in panel.pictures)
    facts = "".join(f"<span>{text(fact)}</span>" for fact in panel.facts)
    return (
        f'<article class="{panel.kind}"><h3>{text(panel.title)}</h3>'
        f'<p class="facts">{facts}</p><div class="pictures">{pictures}</div></article>'
    )


def _charts(panels: Sequence[Panel]) -> Iterator[str]:
    """Draw brightness and contrast by camera."""
    shown = panels[:CHARTED]
    for word, most, values in (
        ("Brightness", 255.0, [panel.brightness for panel in shown]),
        ("Contrast", 128.0, [panel.contrast for panel in shown]),
    ):
        rows = [(p.title, p.kind, v) for p, v in zip(shown, values, strict=True) if v]
        if rows:
            title = f"{word} by camera, in grey levels"
            yield (
                f"<section><h2>{title}</h2>{ranges(rows, most, title)}"
                '<p class="hint">Line: 5 to 95% of the images; bar: 25 to 75%; mark: half.</p>'
                "</section>"
            )
