"""The folder of a reproduction: its runs, its scores, its first look and its page."""

from dataclasses import dataclass
from pathlib import Path

from vireid.runs import Run
from vireid.studies.reproduction.probe import Probe, read_probe
from vireid.studies.reproduction.score_rows import ScoreRow, read_rows


@dataclass(frozen=True)
class Reproduction:
    """Where a reproduction keeps its files; what it has found so far is read from there."""

    folder: Path

    @property
    def scores_file(self) -> Path:
        """The scores of each finished training in each setting, CSV."""
        return self.folder / "scores.csv"

    @property
    def table_file(self) -> Path:
        """Ours beside the paper's, CSV."""
        return self.folder / "reproduction.csv"

    @property
    def page_file(self) -> Path:
        """The same as a page, Markdown."""
        return self.folder / "reproduction.md"

    @property
    def probe_file(self) -> Path:
        """What the first epoch told, JSON."""
        return self.folder / "probe.json"

    def run(self, name: str) -> Run:
        """Return the run folder of a training.

        Args:
            name: such as ``seed-0``.

        Returns:
            The run.
        """
        return Run(self.folder / "runs" / name)

    def epochs_file(self, name: str) -> Path:
        """Return the file of the scores of a training by epoch.

        Args:
            name: as for ``run``.

        Returns:
            The path.
        """
        return self.folder / "epochs" / f"{name}.csv"

    def rows(self) -> list[ScoreRow]:
        """Return the scores of the trainings that are finished.

        Returns:
            Rows of the last epochs and of the oracle's, in the order in which they came.

        Raises:
            CheckpointError: the file is damaged.
        """
        return read_rows(self.scores_file)

    def probe(self) -> Probe | None:
        """Return what the first epoch told.

        Returns:
            The probe; None where there was none yet.

        Raises:
            CheckpointError: the file is damaged.
        """
        return read_probe(self.probe_file)

    def page(self) -> str:
        """Return the page of numbers.

        Returns:
            Markdown; a line that says so where no training is finished yet.
        """
        try:
            return self.page_file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return f"{self.folder}: no training is finished yet\n"
