"""Trains and scores the rows of a study on every data set with every seed."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from vireid.cli.display import console
from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.errors import DegenerateClusters, Stopped, VireidError
from vireid.files import whole_file
from vireid.runs import Run, load_network
from vireid.runs.claim import check_trainable, is_finished, write_settings
from vireid.runs.fingerprints import fingerprint
from vireid.runs.session import Session
from vireid.runs.states import branch_off, state_files, where_saved, write_state
from vireid.runs.stopping import stop_requests
from vireid.runs.train_run import train_run
from vireid.scoring.choice import choose_protocol
from vireid.scoring.networks import Ways, score, training_precision
from vireid.studies import Result, beginning, branch_points, make_result, shared_stages
from vireid.studies.folder import StudyFolder, lighten, locked
from vireid.training import TrainingState

Present = Callable[[Sequence[Result], Sequence[str]], None]
"""Writes tables and figures; takes all results and the rows in order."""


@dataclass(frozen=True)
class Study:
    """What is to be trained and scored, and where."""

    folder: StudyFolder
    rows: Mapping[str, Recipe]
    """The recipe of each row; the seed is that of the job."""
    data: Mapping[str, DataFolder]
    """What is trained on, by name."""
    test: Mapping[str, DataFolder]
    """Whose test part is scored, by the same names."""
    seeds: tuple[int, ...]
    """Seeds of the trainings."""
    present: Present
    """Called after every run, while no other process writes."""
    again: str
    """The command that goes on."""
    device: str = "cpu"
    """Where to compute."""


def run_study(study: Study) -> None:
    """Train and score what is not finished yet and not in the hands of another process.

    Args:
        study: everything.

    Raises:
        VireidError: data, recipe or folder cannot be used, or some rows could not be trained;
            all others are finished.
        Stopped: a signal asked to stop; everything is saved.
    """
    for name in study.data:
        check_trainable(study.data[name])
        choose_protocol(study.test[name])
    prints = {name: _fingerprint(study, name) for name in study.data}
    order = study.folder.enter(study.rows, prints)
    left = [(name, seed) for name in study.data for seed in study.seeds]
    failed: list[str] = []
    while left:
        busy = []
        for name, seed in left:
            with locked(study.folder.job(name, seed) / ".lock", wait=False) as mine:
                if mine:
                    failed += _run_job(study, name, seed, order)
                else:
                    busy.append((name, seed))
        if len(busy) == len(left):
            break
        left = busy
    for name, seed in left:
        console.print(f"{name}, seed {seed}: another process is working on it")
    with locked(study.folder.folder / ".lock"):
        study.present(study.folder.results(), order)
    if failed:
        raise VireidError(f"could not be trained: {'; '.join(failed)}; all others are finished")


def _fingerprint(study: Study, name: str) -> str:
    train_part, test_part = study.data[name].train, study.test[name].test
    return f"{fingerprint(train_part)}; test {fingerprint(test_part)}"


def _run_job(study: Study, name: str, seed: int, order: Sequence[str]) -> list[str]:
    """Run all rows with one data set and seed; return those that could not be trained."""
    done = {r.row for r in study.folder.results() if (r.data, r.seed) == (name, seed)}
    finished = [row for row in study.rows if row in done]
    if finished:
        console.print(f"{name}, seed {seed}: skipping what is finished: {', '.join(finished)}")
    failed: list[str] = []
    broken: list[_Broken] = []
    for number, row in enumerate(study.rows, 1):
        if row in done:
            lighten(study.folder.run(name, seed, row))
            continue
        console.print(f"\n{name}, seed {seed}, row {number} of {len(study.rows)}: {row}")
        recipe = study.rows[row]
        if twin := next((one for one in broken if one.stops(recipe)), None):
            reason = f"it shares with {twin.row} the stage that cannot be trained"
        else:
            try:
                _run_row(study, name, seed, row, order)
                continue
            except VireidError as error:
                if type(error) not in (VireidError, DegenerateClusters):
                    raise
                stage, _, _ = where_saved(study.folder.run(name, seed, row))
                broken.append(_Broken(row, recipe, stage))
                reason = str(error)
        console.print(f"this row cannot be trained: {reason}")
        failed.append(f"{row} ({name}, seed {seed}): {reason}")
    return failed


@dataclass(frozen=True)
class _Broken:
    """A row that could not be trained, with the number of the stage in which it ended."""

    row: str
    recipe: Recipe
    stage: int

    def stops(self, recipe: Recipe) -> bool:
        """Tell whether a recipe meets the same stage in the same state, and so the same end."""
        return shared_stages(self.recipe, recipe) > self.stage


def _run_row(study: Study, name: str, seed: int, row: str, order: Sequence[str]) -> None:
    """Train and score one row, and note the result."""
    run, recipe = study.folder.run(name, seed, row), replace(study.rows[row], seed=seed)
    data = study.data[name]
    keep = _begin(study, run, recipe, data, row)
    train_run(Session(data, recipe, run, study.device, resume=True, again=study.again, keep=keep))
    with stop_requests() as stop:
        scores = _score(run, recipe, study.test[name], study.device)
        known = training_precision(load_network(run), recipe, data, device=study.device)
        last = json.loads(run.log_file.read_text(encoding="utf-8").splitlines()[-1])
        result = make_result((name, seed, row), scores, last, run.seconds()["training"], known)
        with locked(study.folder.folder / ".lock"):
            study.folder.add(result)
            study.present(study.folder.results(), order)
        lighten(run)
    if stop():
        raise Stopped(f"stopped and saved; go on with: {study.again}", 128 + (stop.signal or 0))


def _score(run: Run, recipe: Recipe, test: DataFolder, device: str) -> dict[str, float]:
    """Score the last stage of a run, in percent."""
    networks = [(recipe.stages[-1].name, load_network(run))]
    scored = score(networks, recipe, test, choose_protocol(test), Ways(), device=device)
    scores = scored.last.table()
    console.print(f"{scored.name}: Rank-1 {scores['rank1']:.1f}, mAP {scores['mAP']:.1f}")
    return scores


def _begin(
    study: Study, run: Run, recipe: Recipe, data: DataFolder, row: str
) -> Callable[[TrainingState, str], None]:
    """Let a run begin after the stages that it shares with others, where these are finished.

    Returns:
        What keeps the stages for other rows that the run itself is the first to finish.
    """
    recipes = list(study.rows.values())
    points = branch_points(recipes)[list(study.rows).index(row)]
    shared = run.folder.parent / "shared"
    files = {count: shared / f"{beginning(recipe, count)}.safetensors" for count in points}
    if not state_files(run) and not is_finished(run):
        count = next((count for count in points if files[count].is_file()), 0)
        if count:
            names = ", ".join(stage.name for stage in recipe.stages[:count])
            console.print(f"going on after what it shares with other rows: {names}")
            run.folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(files[count].with_suffix(".jsonl"), run.log_file)
            write_settings(run, data, recipe)
            branch_off(run, files[count], recipe)

    def keep(state: TrainingState, images: str) -> None:
        file = files.get(state.stage)
        if file is not None and not file.is_file():
            with whole_file(file.with_suffix(".jsonl")) as log:
                shutil.copyfile(run.log_file, log)
            write_state(file, state, images)

    return keep
