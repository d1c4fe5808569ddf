"""Results out of studies, their files, and evaluated runs, for a table of all of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from vireid.errors import CheckpointError, ConfigError, DataError
from vireid.runs import Run
from vireid.runs.overview import describe_run, find_runs
from vireid.runs.scores import protocol_key
from vireid.scoring.files import read_json
from vireid.studies.folder import StudyFolder
from vireid.studies.results import SCORES, Result, read_results


def read_sources(sources: Sequence[Path | str]) -> list[Result]:
    """Read the scores of studies and runs.

    Args:
        sources: folders of studies, their ``results.csv``, and evaluated runs or folders above
            some, at least one.

    Returns:
        Results; the rows of a study in its order. A run's row is its recipe.

    Raises:
        ConfigError: there are no scores, or two runs of one recipe, data and seed.
        CheckpointError: a file is damaged.
        DataError: a source is missing.
    """
    found = [result for source in sources for result in _read(Path(source).expanduser())]
    if not found:
        places = ", ".join(map(str, sources))
        raise ConfigError(f"{places}: no scores; expected studies, results.csv or evaluated runs")
    seen: set[tuple[str, int, str, str]] = set()
    for result in found:
        key = (*result.key, result.protocol)
        if key in seen:
            raise ConfigError(
                f"{result.row}, seed {result.seed}, {result.data} ({result.protocol}) is there "
                "twice; name each run once"
            )
        seen.add(key)
    return found


def _read(source: Path) -> list[Result]:
    """Read the results of one source."""
    study = StudyFolder(source)
    if source.is_file():
        try:
            return read_results(source.read_text(encoding="utf-8"), str(source))
        except UnicodeDecodeError as error:
            raise CheckpointError(f"{source} is damaged; expected a study's results.csv") from error
    if not source.is_dir():
        raise DataError(f"{source} does not exist; expected a study, a results.csv or a run")
    if study.plan_file.is_file():
        order = list(read_json(study.plan_file).get("rows", {}))
        return sorted(study.results(), key=lambda r: order.index(r.row) if r.row in order else -1)
    return [result for folder in find_runs([source]) for result in _of_run(folder)]


def _of_run(folder: Path) -> Iterator[Result]:
    """Yield the test scores of a run, one for each protocol."""
    found, origin = describe_run(folder), Run(folder).origin()
    if found.state == "damaged":
        raise CheckpointError(f"{folder} is damaged: {found.reason}")
    fold = "" if origin.fold is None else f", fold {origin.fold}"
    for by in found.evaluations:
        if all(name in by.scores for name in SCORES):
            yield Result(
                f"{found.data or 'unknown data'}{fold}",
                found.seed or 0,
                found.recipe or folder.name,
                by.scores["rank1"],
                by.scores["mAP"],
                by.scores["mINP"],
                ari=None,
                pair_precision=None,
                coverage=None,
                minutes=(found.seconds or 0.0) / 60,
                protocol=protocol_key(by.protocol, by.draws),
            )
