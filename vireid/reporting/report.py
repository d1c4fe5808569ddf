"""The verb: a run, and its data where they are at hand -> a page of it."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from vireid.data import DataFolder
from vireid.files import whole_file
from vireid.observers import Progress, silent
from vireid.pages import Report, report_page
from vireid.reporting import telling
from vireid.reporting.embedding import embed_shown
from vireid.reporting.facts import RunFacts, read_facts
from vireid.reporting.sections import (
    Contents,
    closing_sections,
    picture_sections,
    written_sections,
)
from vireid.reporting.written_scores import headline
from vireid.runs import Run

FILE = "report.html"
"""Name of the page in the run's folder."""


def write_report(
    run: Run | Path | str,
    data: DataFolder | Path | str | None = None,
    path: Path | str | None = None,
    *,
    device: str = "auto",
    command: str = "",
    progress: Progress = silent,
) -> Path:
    """Write a page that says what a run is worth: one file that loads nothing.

    The page holds small pictures of the people in the data: it is to be kept as the data are.

    Args:
        run: a run or its folder, also of a training that was stopped.
        data: a data set, or where it is, for all that shows images or compares embeddings; the
            page says what it leaves out without it.
        path: the HTML file; report.html in the run's folder where not given.
        device: cpu, cuda, cuda:1 ...; auto takes a GPU if there is any.
        command: what made it, for the foot of the page.
        progress: shows how far the embedding is.

    Returns:
        The file.

    Raises:
        CheckpointError: the folder holds no run, or files of it are damaged.
        ConfigError: the data are of another fold than the training.
        DataError: the data cannot be read, or the page cannot be written.
    """
    run = run if isinstance(run, Run) else Run(Path(run).expanduser())
    facts = read_facts(run, data)
    found = Contents()
    written_sections(facts, found)
    _add_pictures(facts, found, device, progress)
    found.sections += closing_sections(facts)
    page = report_page(_report(facts, found, command or "vireid.write_report"))
    place = run.folder / FILE if path is None else Path(path).expanduser()
    with whole_file(place) as whole:
        whole.write_text(page, encoding="utf-8")
    return place


def _add_pictures(facts: RunFacts, found: Contents, device: str, progress: Progress) -> None:
    """Add what needs networks and images, or say why it is left out."""
    what = "Ranked lists, similarities, maps and clusters"
    if facts.data is None:
        found.left_out.append(f"{what}: they need the data; `vireid report RUN DATA` shows them.")
    elif not facts.stages:
        found.left_out.append(f"{what}: the run holds no network.")
    else:
        embedded = embed_shown(
            facts.run, list(facts.stages), facts.data, device=device, progress=progress
        )
        picture_sections(facts, embedded, found)


def _report(facts: RunFacts, found: Contents, command: str) -> Report:
    return Report(
        name=facts.name,
        state=facts.state,
        whole=facts.whole,
        lead=tuple(_lead(facts)),
        numbers=tuple(_numbers(facts)),
        sections=tuple(found.sections),
        left_out=tuple(found.left_out),
        made=f"{command}, vireid {version('vireid')}",
    )


def _lead(facts: RunFacts) -> Iterator[str]:
    yield from telling.lead(facts)
    if not facts.whole:
        held = ", ".join(facts.stages) or "none"
        yield f"What follows is of an unfinished training. Networks that it holds: {held}."
    if other := telling.other_data(facts):
        yield other


def _numbers(facts: RunFacts) -> Iterator[tuple[str, str]]:
    yield from headline(facts.scores)
    if facts.epochs:
        last = facts.epochs[-1]
        if last.get("clarity") is not None:
            yield f"{last['clarity']:.2f}", "clarity of the last labels"
        for name, count in (last.get("clusters") or {}).items():
            yield f"{count:,}", f"{name} clusters"
