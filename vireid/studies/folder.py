"""The folder of a study: what it compares, what is finished, and who works on what."""

import fcntl
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from vireid.config import Recipe
from vireid.errors import CheckpointError, ConfigError
from vireid.files import whole_file
from vireid.recipes import dump_recipe
from vireid.runs import Run
from vireid.scoring.files import read_json
from vireid.studies.code import Code
from vireid.studies.differences import other_data, other_rows
from vireid.studies.results import Result, read_results, write_results


@dataclass(frozen=True)
class StudyFolder:
    """Where a study keeps its files; several processes may share it."""

    folder: Path

    @property
    def results_file(self) -> Path:
        """A line for each finished run, CSV."""
        return self.folder / "results.csv"

    @property
    def plan_file(self) -> Path:
        """Recipes of the rows, fingerprints of the data and digests of the code, JSON."""
        return self.folder / "study.json"

    @property
    def page_file(self) -> Path:
        """Tables of all rows, Markdown."""
        return self.folder / "results.md"

    def page(self) -> str:
        """Return the page of results.

        Returns:
            Markdown.
        """
        return self.page_file.read_text(encoding="utf-8")

    def job(self, data: str, seed: int) -> Path:
        """Return the folder of all runs with one data set and seed.

        Args:
            data: name of the data.
            seed: of the training.

        Returns:
            The path.
        """
        return self.folder / "jobs" / data / f"seed-{seed}"

    def run(self, data: str, seed: int, row: str) -> Run:
        """Return the run folder of a row.

        Args:
            data: name of the data.
            seed: of the training.
            row: its name, any text.

        Returns:
            A folder whose name is fit for any disk, and another one for every row.
        """
        plain = re.sub(r"[^A-Za-z0-9=.]+", "-", row).strip("-.")[:60]
        digest = hashlib.sha256(row.encode()).hexdigest()[:6]
        return Run(self.job(data, seed) / f"{plain}-{digest}")

    def results(self) -> list[Result]:
        """Return what is finished.

        Returns:
            The results, in the order in which they were finished.

        Raises:
            CheckpointError: the file is damaged.
        """
        try:
            text = self.results_file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except UnicodeDecodeError as error:
            raise CheckpointError(f"{self.results_file} is damaged; delete it") from error
        return read_results(text, str(self.results_file))

    def add(self, *results: Result) -> None:
        """Add lines to the results; the caller holds the folder's lock.

        Args:
            results: of finished runs.

        Raises:
            CheckpointError: the file is damaged or cannot be written.
        """
        self._write_results([*self.results(), *results])

    def forget(self, key: tuple[str, int, str]) -> None:
        """Take the lines of a run out of the results.

        Args:
            key: data, seed and row.

        Raises:
            CheckpointError: the file is damaged or cannot be written.
        """
        with locked(self.folder / ".lock"):
            self._write_results([result for result in self.results() if result.key != key])

    def name_protocols(self, names: Mapping[str, str]) -> None:
        """Name the protocol of results that an earlier version wrote without one.

        Args:
            names: by data set, the whole name of the protocol of its layout, which scored them.

        Raises:
            CheckpointError: the file is damaged or cannot be written.
        """
        with locked(self.folder / ".lock"):
            found = self.results()
            named = [r if r.protocol else replace(r, protocol=names.get(r.data, "")) for r in found]
            if named != found:
                self._write_results(named)

    def _write_results(self, results: Sequence[Result]) -> None:
        text = write_results(results)
        with whole_file(self.results_file, CheckpointError) as file:
            file.write_text(text, encoding="utf-8")

    def enter(self, rows: Mapping[str, Recipe], data: Mapping[str, str]) -> list[str]:
        """Note what is to be compared, or check that it belongs to what is there.

        Rows and data may be added as long as all earlier ones are given too, and a part of them
        may be given, for processes that share the work.

        Args:
            rows: recipe of each row.
            data: fingerprint of each data set.

        Returns:
            All rows of the study, in order.

        Raises:
            ConfigError: the folder holds another study; all differences are listed.
        """
        with locked(self.folder / ".lock"):
            plan = read_json(self.plan_file)
            known: dict[str, str] = plan.get("rows", {})
            seen: dict[str, str] = plan.get("data", {})
            differences = [*other_data(seen, data), *other_rows(known, rows)]
            if differences:
                raise ConfigError(
                    f"{self.folder} holds another study: {'; '.join(differences)}; give the same "
                    "or choose another --out"
                )
            texts = {name: dump_recipe(replace(row, seed=0)) for name, row in rows.items()}
            rows_now = known | texts
            self._write_plan(plan | {"rows": rows_now, "data": seen | dict(data)})
        return list(rows_now)

    def codes(self) -> dict[str, Code]:
        """Return which code the rows were begun with, as far as it was noted.

        Returns:
            Digests by the mark of the run.
        """
        noted: dict[str, Code] = read_json(self.plan_file).get("code", {})
        return noted

    def note_code(self, run: Run, code: Code) -> None:
        """Note which code a row is begun with; one that was begun before keeps what was noted.

        Args:
            run: the folder of the row.
            code: digests.

        Raises:
            CheckpointError: the file of the study is damaged or cannot be written.
        """
        if run.folder.exists():
            return
        with locked(self.folder / ".lock"):
            noted = self.codes() | {self.mark(run): dict(code)}
            self._write_plan(read_json(self.plan_file) | {"code": noted})

    def mark(self, run: Run) -> str:
        """Return what a run is called in the file of the study.

        Args:
            run: the folder of a row.

        Returns:
            Its path in the folder of the study.
        """
        return run.folder.relative_to(self.folder).as_posix()

    def _write_plan(self, plan: Mapping[str, object]) -> None:
        with whole_file(self.plan_file, CheckpointError) as file:
            file.write_text(json.dumps(plan, indent=1) + "\n", encoding="utf-8")


@contextmanager
def locked(file: Path, *, wait: bool = True) -> Iterator[bool]:
    """Keep other processes out; the system lets go when this one ends, however it ends.

    Args:
        file: a lock file; made where it is missing, and left.
        wait: until another process lets go.

    Yields:
        Whether the lock is ours; always True where waiting.

    Raises:
        ConfigError: the folder cannot be made or written to.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = file.open("w")
    except OSError as error:
        raise ConfigError(
            f"cannot write {file.parent}: {error.strerror}; choose another --out"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
