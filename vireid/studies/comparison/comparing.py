"""The verb: recipes by name and data -> the table of methods, all else being equal."""

import logging
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vireid.config import Centre
from vireid.config.evaluation import check_centre
from vireid.errors import ConfigError
from vireid.files import whole_file
from vireid.observers import Progress, silent
from vireid.runs.machine import find_device
from vireid.runs.watch import Watching, nobody
from vireid.scoring import Flip, ProtocolOptions
from vireid.studies.comparison.arena import Arena, Settings, arena
from vireid.studies.comparison.beforehand import (
    demand_identities,
    demand_other_data,
    demand_search,
)
from vireid.studies.comparison.choices import (
    Choices,
    Rule,
    merged,
    read_choices,
    write_choices,
)
from vireid.studies.comparison.entries import Entry, bounds, load_entries, name_of, with_choices
from vireid.studies.comparison.fairness import unequal
from vireid.studies.comparison.lines import line_of
from vireid.studies.comparison.moves import COUNT
from vireid.studies.comparison.page import Shown, comparison_page
from vireid.studies.comparison.rows import Row, alone_beside
from vireid.studies.comparison.search import planned, search
from vireid.studies.comparison.work import train_missing
from vireid.studies.study import distinct_seeds

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Compared:
    """What a comparison has found."""

    rows: Mapping[str, Sequence[Row]]
    """What is known of each method, a row for each data set, seed and protocol."""
    page: str
    """The tables, Markdown."""
    rows_file: Path
    """All rows, CSV."""
    page_file: Path
    """The page."""


def compare(
    data: Sequence[Path | str],
    out: Path | str,
    *,
    recipes: Sequence[Path | str],
    seeds: Sequence[int] = (0, 1, 2),
    test: Sequence[Path | str] | None = None,
    rows: Path | str | None = None,
    page: Path | str | None = None,
    base: str | None = None,
    bound: Sequence[str] | bool = False,
    settings: Sequence[str] = (),
    equal_images: bool = False,
    search_on: Sequence[Path | str] = (),
    search_seeds: Sequence[int] = (0,),
    search_count: int = COUNT,
    choose: Rule = "training_mAP",
    train: bool = True,
    protocol: ProtocolOptions | Sequence[ProtocolOptions] = (),
    flip: Flip = "both",
    centre: Centre = "none",
    device: str = "auto",
    again: str = "the same call",
    watch: Watching = nobody,
    progress: Progress = silent,
) -> Compared:
    """Train methods with all else equal, score them, and write their table.

    What stands in the file of rows with the same settings, data, protocol and seed is not trained
    again, whatever commit it is of. A row is written as soon as it is trained; a training that was
    stopped or killed goes on. Several processes may share one folder, also with other methods.

    Args:
        data: data sets with different names; all methods are trained on each.
        out: the folder of the trainings.
        recipes: names of recipes that ship, or YAML files: a row each.
        seeds: of the trainings, 0 or more.
        test: data whose test people are scored, one for all or one for each; the data's own where
            not given.
        rows: CSV of the results, such as a committed ``table.csv``; beside it lie the page
            (``table.md``), the search (``table-search.csv``) and what it chose
            (``table-choices.yaml``). ``rows.csv`` in ``out`` where not given.
        page: another place of the page, where several comparisons share a file of rows.
        base: the row that gains are over and settings are held against; the first where not given.
        bound: rows whose supervised bound gets a row too, marked as oracle; True for the base.
        settings: changes of all recipes, such as ``augmentation.exchange_grey=true``.
        equal_images: let all methods see as many images as the base, by the iterations of their
            epochs.
        search_on: development data; each method is tried on them with as many settings, and goes on
            with the best. What was chosen earlier counts where none is given.
        search_seeds: of the trainings of the search.
        search_count: settings for each method, at least 1.
        choose: training_mAP (identities of the development data), or, without identities,
            neighbour_overlap, clarity or matching_margin.
        train: otherwise only the page is written, of the rows that are there.
        protocol: what is asked for of the protocol, or of several; that of the data's layout where
            not given.
        flip: average test embeddings with those of mirror images, or ``both``.
        centre: take off test embeddings the means of cameras among the training images
            (``"training"``) or the test images (``"own"``), of all rows alike, whatever their
            recipes say.
        device: where to compute; "auto" takes a GPU if there is one.
        again: how to go on, for messages and the page.
        watch: opens what is shown each training.
        progress: shows how far the reading and the embedding of images are.

    Returns:
        Rows and page.

    Raises:
        VireidError: data, a recipe, a file or the folder cannot be used, or rows cannot be
            compared.
        Stopped: a signal asked to stop; everything is saved.
    """
    if not recipes:
        raise ConfigError("recipes hold none; expected one for each row")
    place = Path(out)
    file = place / "rows.csv" if rows is None else Path(rows)
    page_file = _beside(file, ".md") if page is None else Path(page)
    for option, one, ending in (("--rows", file, ".csv"), ("--page", page_file, ".md")):
        if one.suffix != ending:  # the page would take the place of the rows
            raise ConfigError(f"{option} {one}: expected a name that ends in {ending}")
    if search_on and not train:
        raise ConfigError("--search trains; leave it or --show out: what was chosen earlier counts")
    base = base or name_of(recipes[0])
    bounded = [base] * bound if isinstance(bound, bool) else bound
    entries = load_entries(recipes, settings, base=base, equal_images=equal_images)
    bounds(entries, bounded)
    ways = (protocol,) if isinstance(protocol, ProtocolOptions) else tuple(protocol)
    how = Settings(
        ways or (ProtocolOptions(),), flip, check_centre(centre), find_device(device), again,
        watch, progress,
    )  # fmt: skip
    tests = None if test is None else [Path(one) for one in test]
    compared = arena(place, file, ([Path(one) for one in data], tests), distinct_seeds(seeds), how)
    if train and bounded:
        demand_identities(compared.data_sets)
    if search_on:
        folders = [Path(one) for one in search_on]
        results = _beside(file, "-search.csv")
        plain = replace(how, centre="none")
        found = arena(place, results, (folders, None), distinct_seeds(search_seeds), plain)
        found = replace(found, choosing=True)
        demand_other_data(found, compared)
        plan = planned(found, choose, search_count)
        _choose(found, entries, _beside(file, "-choices.yaml"), plan)
    choices = read_choices(_beside(file, "-choices.yaml"))
    entries = with_choices(entries, choices)
    entries += bounds(entries, bounded)
    if train:
        train_missing(compared, entries)
    return _present(compared, entries, base, choices, page_file)


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(f"{file.stem}{ending}")


def _choose(development: Arena, entries: Sequence[Entry], file: Path, plan: Choices) -> None:
    """Search for settings, and note them with those of methods searched earlier."""
    demand_search(development, entries, plan, read_choices(file))
    now = search(development, entries, plan)
    with alone_beside(file):
        write_choices(merged(read_choices(file), now), file)


def _present(
    arena: Arena, entries: Sequence[Entry], base: str, choices: Choices | None, page: Path
) -> Compared:
    """Write the page of all rows that are there."""
    rows = arena.table(entries)
    _warn_of_other_code(arena, rows, entries)
    recipes = {entry.name: entry.recipe for entry in entries}
    methods = [entry.name for entry in entries if not entry.oracle]
    searched = choices is not None and any(name in choices.chosen for name in methods)
    remarks = [f"Settings: {choices.how(methods)}."] if choices and searched else []
    remarks += unequal(recipes, base)
    lines = {entry.name: line_of(entry, arena.data_sets) for entry in entries}
    text = comparison_page(Shown(rows, base, arena.wanted(), lines, remarks))
    with whole_file(page) as target:
        target.write_text(f"    {arena.settings.again}\n\n{text}", encoding="utf-8")
    return Compared(rows, text, arena.file.path, page)


def _warn_of_other_code(
    arena: Arena, rows: Mapping[str, Sequence[Row]], entries: Sequence[Entry]
) -> None:
    """Warn where rows were trained by other code than there is now."""
    for entry in entries:
        now = arena.now(entry).code
        commits = dict.fromkeys(row.commit for row in rows[entry.name] if row.code != now)
        if commits:
            warnings.warn(
                f"{entry.name}: rows were trained by other code (commit {', '.join(commits)}); "
                f"to train them anew, take their lines out of {arena.file.path}",
                stacklevel=2,
            )
