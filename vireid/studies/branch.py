"""Where a row of a study begins: after the stages it shares with others, if they are there."""

import logging
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.files import whole_file
from vireid.runs import BEFORE, Run
from vireid.runs.claim import is_finished, write_settings
from vireid.runs.snapshot import Snapshot, write_snapshot
from vireid.runs.states import branch_off, state_files
from vireid.studies.code import Code
from vireid.studies.memory import NOTE, Peak, read_note, write_note
from vireid.studies.shared import beginning, branch_points
from vireid.studies.study import Study

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Branch:
    """A row, and the files of the stages that it shares with others."""

    run: Run
    """Of the row."""
    recipe: Recipe
    """Of the row."""
    data: DataFolder
    """What it is trained on."""
    files: Mapping[int, Path]
    """The states after as many stages, the largest number first."""
    with_networks: bool
    """Whether the networks of the shared stages are kept for all rows."""

    def take(self) -> float | None:
        """Let the run begin after the stages that are there, if it is new.

        Returns:
            Peak memory in MB of what was trained before; 0 where nothing was, None where unknown.
        """
        if state_files(self.run) or is_finished(self.run):
            return read_note(self.run.folder / NOTE)
        count = next((count for count, file in self.files.items() if file.is_file()), 0)
        if not count:
            return 0.0
        done = ", ".join(stage.name for stage in self.recipe.stages[:count])
        _log.info("going on after what it shares with other rows: %s", done)
        self.run.folder.mkdir(parents=True, exist_ok=True)
        for kept, own in self._beside(count):
            if kept.is_file():
                own.parent.mkdir(exist_ok=True)
                shutil.copyfile(kept, own)
        lacking = [own.stem for kept, own in self._networks(count) if not kept.is_file()]
        if lacking:
            _log.info(
                "their networks were not kept when they were trained, without --keep-checkpoints: "
                "%s lacks %s", self.run.folder, ", ".join(lacking),
            )  # fmt: skip
        write_settings(self.run, self.data, self.recipe)
        branch_off(self.run, self.files[count], self.recipe)
        return read_note(_note(self.files[count]))

    def keep(self, peak: Peak, stages: int, taken: Snapshot) -> None:
        """Keep the first stages for other rows, where this one is the first to finish them.

        Args:
            peak: the memory so far.
            stages: how many are finished.
            taken: the state after them.
        """
        file = self.files.get(stages)
        if file is None or file.is_file():
            return
        for kept, own in self._beside(stages):
            if own.is_file():
                with whole_file(kept) as copy:
                    shutil.copyfile(own, copy)
        write_note(_note(file), peak)
        write_snapshot(file, taken)

    def _beside(self, stages: int) -> Iterator[tuple[Path, Path]]:
        """Yield what lies beside a shared state, with the file of the run that it is a copy of."""
        file = self.files[stages]
        yield file.with_suffix(".jsonl"), self.run.log_file
        yield (
            file.with_suffix(".json"),
            self.run.weights_file,
        )  # missing where an older version began
        yield from self._networks(stages)

    def _networks(self, stages: int) -> Iterator[tuple[Path, Path]]:
        """Yield the networks beside a shared state likewise, where they are to be kept."""
        file, first = self.files[stages], self.recipe.stages[:stages]
        for name in (BEFORE, *(stage.name for stage in first)) if self.with_networks else ():
            yield file.with_name(f"{file.stem}-{name}.network"), self.run.checkpoint_file(name)


def branch_of(study: Study, run: Run, data: str, recipe: Recipe, row: str, code: Code) -> Branch:
    """Return where a row parts from others.

    Args:
        study: with all rows.
        run: the folder of the row.
        data: name of what it is trained on.
        recipe: of the row, with its seed.
        row: its name.
        code: digests of the code that trains.

    Returns:
        The row, with the files of the stages that it shares.
    """
    points = branch_points(list(study.rows.values()))[list(study.rows).index(row)]
    shared = run.folder.parent / "shared"
    names = {count: beginning(recipe, count, code) for count in points}
    files = {count: shared / f"{name}.safetensors" for count, name in names.items()}
    return Branch(run, recipe, study.data[data], files, study.keep_checkpoints)


def _note(file: Path) -> Path:
    """Return where the peak memory of shared stages is noted."""
    return file.with_suffix(".memory")
