"""The verb: what `check` found -> a page of the data set, with examples of every camera."""

from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vireid.data import Inspection
from vireid.data.check.cameras import CameraLook
from vireid.data.pixels.decoding import decode_file, to_pixels
from vireid.errors import DataError, number_of
from vireid.files import whole_file
from vireid.pages import DataCard, Panel, Table, card_page
from vireid.pages.charts import Range
from vireid.types import Span

PANELS = 60
"""The most cameras that are shown."""
PICTURES = 300
"""The most examples of all cameras together, `EACH` of one: a page stays far below 5 MB."""
EACH = 8
SIZE = (128, 128)
"""The greatest width and height of an example in pixels."""
QUALITY = 82
"""Of the JPEG of an example."""
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
"""Where the groups of people with so many images begin."""


def write_data_card(found: Inspection, path: Path | str, *, command: str = "") -> None:
    """Write a page that shows what a data set holds: one file that loads nothing.

    Args:
        found: what ``check`` returned; examples are read from its files again.
        path: the HTML file.
        command: what made it, for the foot of the page.

    Raises:
        DataError: the page cannot be written.
    """
    page = card_page(_card(found, command or "vireid.write_data_card"))
    with whole_file(Path(path)) as place:
        place.write_text(page, encoding="utf-8")


def _card(found: Inspection, command: str) -> DataCard:
    """Say everything in words, and read the examples."""
    shown = found.looks[:PANELS]
    each = max(1, min(EACH, PICTURES // max(1, len(shown))))
    origin = found.card
    uses = (("Training", found.training), ("Evaluation", found.evaluation))
    return DataCard(
        name=found.name,
        made=f"{command}, vireid {version('vireid')}",
        origin=f"{origin.name}: {origin.reference}. {origin.url}" if origin else "",
        numbers=_numbers(found),
        uses=uses,
        faults=found.faults,
        warnings=found.warnings,
        notes=(*found.levels, *_queries(found)),
        counts=_counts(found),
        cameras=_cameras(found),
        findings=Table(("", "found"), tuple(found.findings.items())),
        panels=tuple(_panel(found.root, look, each) for look in shown),
        unseen=len(found.looks) - len(shown),
        spread=tuple((part, _spread(people)) for part, people in found.people.items() if people),
    )


def _numbers(found: Inspection) -> tuple[tuple[str, str], ...]:
    """Return the numbers that matter most."""
    counts = found.counts
    rows = [(counts[f"{part} images"], f"{part} images") for part in ("train", "test")]
    people = [(counts.get(f"{part} identities"), f"{part} people") for part in ("train", "test")]
    rows += [(number, name) for number, name in people if number is not None]
    sizes = Counter(tuple(size) for look in found.looks for size in look.sizes.tolist())
    usual = [(f"{h}x{w}", "most common size") for (h, w), _ in sizes.most_common(1)]
    cameras = f"{counts['cameras']:,}" if counts["cameras"] else "unknown"
    return (*((f"{number:,}", name) for number, name in rows), (cameras, "cameras"), *usual)


def _queries(found: Inspection) -> tuple[str, ...]:
    """Say how many queries count."""
    if found.queries is None:
        return ()
    queries = number_of(found.queries.queries, "query", "queries")
    least = min(found.queries.valid)
    return (f"{least} of {queries} have a match in their gallery, {found.queries.protocol}",)


def _counts(found: Inspection) -> Table:
    if found.card is None:
        return Table(("", "found"), tuple(found.counts.items()))
    published = found.card.statistics
    rows = tuple((name, number, published.get(name, "")) for name, number in found.counts.items())
    return Table(("", "found", found.card.name), rows)


def _cameras(found: Inspection) -> Table:
    names = {(look.modality, look.camera): look.name for look in found.looks}
    rows = tuple(
        (
            camera.part,
            camera.modality.name.lower(),
            names.get((camera.modality, camera.camera), str(camera.camera or "unknown")),
            "unknown" if camera.identities is None else camera.identities,
            camera.images,
        )
        for camera in found.cameras[: 4 * PANELS]
    )
    return Table(("part", "modality", "camera", "people", "images"), rows)


def _panel(root: Path, look: CameraLook, number: int) -> Panel:
    """Say what a camera's pictures look like, and read a few."""
    places = np.linspace(0, len(look.examples) - 1, min(number, len(look.examples))).round()
    chosen = [look.examples[int(place)] for place in places]
    pictures = [(path, _thumbnail(root / path, look.span)) for path in chosen]
    facts = [number_of(len(look), "image"), _sizes(look.sizes)]
    if np.isfinite(look.seen.brightness).any():
        facts.append(f"brightness {np.nanmedian(look.seen.brightness):.0f}")
        facts.append(f"contrast {np.nanmedian(look.seen.contrast):.0f}")
        facts.append(f"colour {np.nanmedian(look.seen.colour):.0f}")
        clipped = look.seen.clipped[np.isfinite(look.seen.clipped)]
        if len(clipped):
            facts.append(f"{100 * clipped.mean():.0f}% black or white")
    if look.deep.any():
        facts.append(f"{number_of(int(look.deep.sum()), 'file')} of more than 8 bits")
    return Panel(
        title=look.words if look.camera else f"{look.modality.name.lower()}, no camera",
        kind=look.modality.name.lower(),
        facts=tuple(facts),
        pictures=tuple((jpeg, path) for path, jpeg in pictures if jpeg),
        brightness=_range(look.seen.brightness),
        contrast=_range(look.seen.contrast),
    )


def _sizes(sizes: NDArray[np.int64]) -> str:
    """Name the size, or the smallest and largest height and width."""
    low, high = sizes.min(0), sizes.max(0)
    if (low == high).all():
        return f"{low[0]}x{low[1]} pixels"
    return f"{low[0]} to {high[0]} x {low[1]} to {high[1]} pixels"


def _range(values: NDArray[np.float32]) -> Range | None:
    """Return where 5, 25, 50, 75 and 95% of the values are below."""
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    a, b, c, d, e = np.percentile(known, (5, 25, 50, 75, 95)).tolist()
    return a, b, c, d, e


def _thumbnail(path: Path, span: Span | None) -> bytes:
    """Return an example as a small JPEG; nothing where it cannot be read any more."""
    try:
        image = Image.fromarray(to_pixels(decode_file(path), span))
    except DataError:
        return b""
    image.thumbnail(SIZE)
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _spread(people: Sequence[int]) -> tuple[tuple[str, int], ...]:
    """Count the people with so many images, in groups."""
    found = []
    for low, after in zip(STEPS, (*STEPS[1:], None), strict=True):
        count = sum(low <= n and (after is None or n < after) for n in people)
        last = "" if after is None else str(after - 1)
        name = f"{low}" if last == str(low) else f"{low} to {last}" if last else f"{low} and more"
        found.append((f"{name} images", count))
    while len(found) > 1 and not found[-1][1]:
        found.pop()
    while len(found) > 1 and not found[0][1]:
        found.pop(0)
    return tuple(found)
