"""A row of a study at a glance: its scores are in the study's results, its networks often gone."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vireid.errors import VireidError
from vireid.runs.overview import Overview, Scores, describe_run
from vireid.scoring.files import read_json
from vireid.studies.folder import StudyFolder
from vireid.studies.results import SCORES, Result

UNKNOWN = "unknown protocol"
"""What the protocol of results of earlier versions is called."""


def describe_any_run(folder: Path) -> Overview:
    """Describe a run, which may be a row of a study.

    Args:
        folder: of the run.

    Returns:
        The run at a glance. A row that is scored has the scores of the study's results, and the
        state ``study`` where its networks were taken away.
    """
    study = _study_of(folder)
    if study is None:
        return describe_run(folder)
    found = describe_run(folder, branched=True)
    try:
        plan, results = read_json(study.plan_file), study.results()
    except VireidError as error:
        return replace(found, state="damaged", reason=" ".join(str(error).split()))
    job = folder.resolve().parent
    data, seed = job.parent.name, job.name.removeprefix("seed-")
    names = [row for row in plan.get("rows", ()) if _is(study, folder, data, seed, row)]
    own = [r for r in results if (r.data, str(r.seed)) == (data, seed) and r.row in names]
    found = replace(found, recipe=names[0]) if names else found
    return _with_scores(found, own) if own else found


def _study_of(folder: Path) -> StudyFolder | None:
    """Return the study whose row a folder is; None where it is none."""
    above = folder.resolve().parents
    if len(above) < 4 or above[2].name != "jobs":
        return None
    study = StudyFolder(above[3])
    return study if study.plan_file.is_file() else None


def _is(study: StudyFolder, folder: Path, data: str, seed: str, row: str) -> bool:
    """Tell whether a row with a data set and seed has this folder."""
    return seed.isdecimal() and study.run(data, int(seed), row).folder.name == folder.resolve().name


def _with_scores(found: Overview, results: Sequence[Result]) -> Overview:
    """Add what a study found of a row, beside what its folder holds."""
    names = {(one.protocol, one.draws) for one in found.evaluations}
    scores = [_scores(result, found.stage or "last") for result in results]
    new = [one for one in scores if (one.protocol, one.draws) not in names]
    every = (*found.evaluations, *new)
    states = {"without networks": "study", "finished": "evaluated"}
    return replace(
        found,
        state=states.get(found.state, found.state),
        scored=every[0].stage,
        protocol=every[0].protocol,
        draws=every[0].draws,
        scores=every[0].scores,
        evaluations=every,
    )


def _scores(result: Result, stage: str) -> Scores:
    """Return the scores of a result as those of a run's file."""
    name, _, count = result.protocol.rpartition(", ")
    draws = count.partition(" ")[0]
    known = draws.isdecimal()
    return Scores(
        name if known else result.protocol or UNKNOWN,
        int(draws) if known else None,
        stage,
        {score: getattr(result, score) for score in SCORES},
    )
