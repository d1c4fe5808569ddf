"""Results out of studies, their files, and evaluated runs, for a table of all of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from vireid.errors import CheckpointError, ConfigError, DataError
from vireid.observers import read_lines
from vireid.runs import Run
from vireid.runs.overview import describe_run, find_runs
from vireid.runs.scores import protocol_key
from vireid.scoring.files import read_json
from vireid.studies.folder import StudyFolder
from vireid.studies.results import SCORES, Result, read_results
from vireid.studies.upper_bound import Identities, TrueLabels

IDENTITIES = f"{Identities.__module__}.{Identities.__qualname__}"
"""What the recipe of a bound names as its labeller."""
TRUE_LABELS = f"{TrueLabels.__module__}.{TrueLabels.__qualname__}"
"""What labels a run of ``vireid upper-bound`` in place of its recipe's labeller."""
ROWS = "method,recipe,data,contents,protocol,"
"""How a file of rows of a comparison begins."""


@dataclass(frozen=True)
class Gathered:
    """What sources hold."""

    results: Sequence[Result]
    """The rows of a study in its order; a run's row is its recipe."""
    bounds: Collection[str] = ()
    """Rows that were trained with true identities."""


def read_sources(sources: Sequence[Path | str]) -> Gathered:
    """Read the scores of studies, comparisons and runs.

    Args:
        sources: folders of studies, their ``results.csv``, files of rows of a comparison, and
            evaluated runs or folders above some, at least one.

    Returns:
        Results, and which of their rows are bounds.

    Raises:
        ConfigError: there are no scores, or two runs of one recipe, data and seed.
        CheckpointError: a file is damaged.
        DataError: a source is missing.
    """
    read = [_read(Path(source).expanduser()) for source in sources]
    found = [result for one in read for result in one.results]
    if not found:
        places = ", ".join(map(str, sources))
        raise ConfigError(
            f"{places}: no scores; expected studies, results.csv, rows of "
            "`vireid compare`, or evaluated runs"
        )
    seen: set[tuple[str, int, str, str]] = set()
    for result in found:
        key = (*result.key, result.protocol)
        if key in seen:
            raise ConfigError(
                f"{result.row}, seed {result.seed}, {result.data} ({result.protocol}) is there "
                "twice; name each run once"
            )
        seen.add(key)
    return Gathered(found, {row for one in read for row in one.bounds})


def _read(source: Path) -> Gathered:
    """Read what one source holds."""
    if source.is_file():
        return _of_file(source)
    if not source.is_dir():
        raise DataError(f"{source} does not exist; expected a study, a CSV of one, or a run")
    study = StudyFolder(source)
    if not study.plan_file.is_file():
        runs = [_of_run(folder) for folder in find_runs([source])]
        return Gathered(
            [result for one in runs for result in one.results],
            {row for one in runs for row in one.bounds},
        )
    order = list(read_json(study.plan_file).get("rows", {}))
    results = sorted(study.results(), key=lambda r: order.index(r.row) if r.row in order else -1)
    return Gathered(results, _bounds(study))


def _of_file(source: Path) -> Gathered:
    """Read the results of a study, or the rows of a comparison."""
    try:
        text = source.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CheckpointError(
            f"{source} is damaged; expected a study's results.csv, or rows of `vireid compare`"
        ) from error
    if not text.startswith(ROWS):
        return Gathered(read_results(text, str(source)), _bounds(StudyFolder(source.parent)))
    from vireid.studies.comparison.as_results import as_results
    from vireid.studies.comparison.rows import read_table

    return Gathered(*as_results(read_table(text, str(source))))


def _bounds(study: StudyFolder) -> set[str]:
    """Return the rows of a study, if there is one, whose labels are true identities."""
    rows = read_json(study.plan_file).get("rows", {})
    return {name for name, text in rows.items() if IDENTITIES in text}


def _of_run(folder: Path) -> Gathered:
    """Read the test scores of a run, one for each protocol."""
    found, run = describe_run(folder), Run(folder)
    if found.state == "damaged":
        raise CheckpointError(f"{folder} is damaged: {found.reason}")
    fold = run.origin().fold
    data = f"{found.data or 'unknown data'}{'' if fold is None else f', fold {fold}'}"
    row, bound = found.recipe or folder.name, _by_identities(run)
    row = f"bound of {row}" if bound else row
    minutes = (found.seconds or 0.0) / 60
    results = [
        Result(
            data, found.seed or 0, row, by.scores["rank1"], by.scores["mAP"], by.scores["mINP"],
            ari=None, pair_precision=None, coverage=None, minutes=minutes,
            protocol=protocol_key(by.protocol, by.draws),
        )
        for by in found.evaluations
        if all(name in by.scores for name in SCORES)
    ]  # fmt: skip
    return Gathered(results, {row} if bound else ())


def _by_identities(run: Run) -> bool:
    """Tell whether a run was trained with true identities.

    One of a version that did not note its labeller is told by its labels, which the very first
    network agrees with in every label space.
    """
    if run.says_labeller() or IDENTITIES in run.recipe_text():
        return run.labeller_name() == TRUE_LABELS or IDENTITIES in run.recipe_text()
    first = next(iter(read_lines(run.log_file)), {}).get("ari", {})
    return bool(first) and all(value == 1 for value in first.values())
