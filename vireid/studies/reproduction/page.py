"""The page of a reproduction, and its table as CSV, written anew after each training."""

from collections.abc import Iterator, Sequence

from vireid.errors import number_of
from vireid.files import whole_file
from vireid.studies.page import machine
from vireid.studies.reproduction.beside_paper import (
    BesidePaper,
    beside_paper,
    range_words,
    write_beside_paper,
)
from vireid.studies.reproduction.published import Published, published
from vireid.studies.reproduction.said import data_line, probe_lines
from vireid.studies.reproduction.score_rows import ScoreRow
from vireid.studies.reproduction.settings import settings_of, unlike_published, whole_name
from vireid.studies.reproduction.task import Task

SHOWN = {"rank1": "Rank-1", "mAP": "mAP"}
"""The scores that are set beside the paper's."""
NOTES = """\
Scores in %: mean ± standard deviation over the training seeds; each fold counts once, with the mean
over its seeds. Where some seeds lack folds, the spread over seeds is that on the folds that all of
them have, as the cell says. *In spreads* is the difference in standard deviations over the training
seeds; a dash stands where the paper says nothing, fewer than two seeds are finished, or no fold is
finished by all of them. *Trainings* is how many of them stand behind a line.

**last** is the last epoch, the number to quote. **oracle** is the epoch of the last stage with the
best test mAP (first setting, flips off), which is how released codes choose; it looks at the test
people, so it is reported and used for nothing. Where not every epoch was scored (`--every N`), it
is the best of those that were, and its name says how many. Most public codes also average mirror
images: the paper's numbers are nearest to flips on, oracle."""


def present(task: Task) -> None:
    """Write the page and its table; the caller holds the folder's lock.

    Args:
        task: what is reproduced.

    Raises:
        VireidError: the scores are damaged, or a file cannot be written.
    """
    rows, paper = task.place.rows(), published(task.named, task.which)
    names = [setting.name for setting in settings_of(task.which)]
    looked = task.looked(dict.fromkeys(row.key for row in rows))
    compared = list(beside_paper(rows, names, paper, looked))
    with whole_file(task.place.table_file) as file:
        file.write_text(write_beside_paper(compared), encoding="utf-8")
    table = page_table(compared, task.recipe.stages[-1].epochs)
    text = "\n\n".join([*_head(task, rows), table, NOTES, _source(paper)])
    with whole_file(task.place.page_file) as file:
        file.write_text(text + "\n", encoding="utf-8")


def page_table(compared: Sequence[BesidePaper], epochs: int) -> str:
    """Return the numbers as a Markdown table.

    Args:
        compared: each score in each setting.
        epochs: of the last stage.

    Returns:
        A line for each setting, flips and epoch.
    """
    titles = ["setting", "flips", "epoch", "trainings"]
    for title in SHOWN.values():
        titles += [title, "paper", "difference", "in spreads"]
    lines = [titles, ["---"] * (len(titles) + 1)]
    titles.append("mINP")
    for way in dict.fromkeys(one.way for one in compared):
        found = {one.name: one for one in compared if one.way == way}
        setting, flips, kind = way
        some = next(iter(found.values()))
        few = some.epochs not in (None, (epochs, epochs))
        part = f" of {range_words(some.epochs)} of {number_of(epochs, 'epoch')}" * few
        cells = [setting, "on" if flips else "off", f"{kind}{part}", str(some.trainings)]
        for name in SHOWN:
            cells += _cells(found[name])
        lines.append([*cells, _ours(found["mINP"])])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _head(task: Task, rows: Sequence[ScoreRow]) -> Iterator[str]:
    """Yield the paragraphs above the table."""
    data = next(iter(task.data.values()))
    yield f"# {task.named} on {whole_name(data.name)}"
    yield f"    {task.again}"
    yield f"{machine(task.device)} Recipe {task.named}" + (
        f", changed: {', '.join(task.changes)}." if task.changes else ", as it ships."
    )
    other = ": the paper's numbers are no measure of these" * bool(
        unlike_published(task.which, data)
    )
    yield f"Data: {data_line(task.which, data)}{other}."
    probe = task.place.probe()
    if probe is not None:
        yield "\n".join(f"- {line}" for line in probe_lines(task, probe))
    done = list(dict.fromkeys(row.key for row in rows))
    seeds = sorted({seed for seed, _ in done})
    folds = sorted({fold for _, fold in done if fold is not None})
    told = f"{number_of(len(done), 'training')} finished"
    told += f", seeds {', '.join(map(str, seeds))}" if seeds else ""
    told += f", folds {', '.join(map(str, folds))}" if folds else ""
    yield told + "."


def _cells(one: BesidePaper) -> list[str]:
    paper = "-" if one.paper is None else f"{one.paper:.1f}"
    difference = "-" if one.difference is None else f"{one.difference:+.1f}"
    return [
        _ours(one), paper, difference,
        "-" if one.in_spreads is None else f"{one.in_spreads:+.1f}",
    ]  # fmt: skip


def _ours(one: BesidePaper) -> str:
    text = f"{one.ours.mean:.1f}"
    text += "" if one.ours.deviation is None else f" ± {one.ours.deviation:.1f}"
    if one.uneven and one.folds is not None:
        text += f" on {one.shared} of {one.folds.runs} folds" if one.shared else ", no common fold"
    folds = None if one.folds is None else one.folds.deviation
    return text if folds is None else f"{text} (folds ± {folds:.1f})"


def _source(paper: Published | None) -> str:
    if paper is None:
        return "Nothing is published of this recipe on this data set, as far as is known here."
    return f"Paper: {paper.source}."
