"""What is to be reproduced, as a value: on what, by which trainings, and where it is kept."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.observers import Progress
from vireid.runs import Run
from vireid.runs.watch import Watching
from vireid.studies.reproduction.place import Reproduction
from vireid.studies.reproduction.score_rows import SeedAndFold, read_rows


@dataclass(frozen=True)
class Task:
    """What is to be reproduced."""

    which: str
    """sysu, regdb or llcm."""
    data: Mapping[int | None, DataFolder]
    """By fold; by None where there are no folds."""
    place: Reproduction
    """Where everything is kept."""
    recipe: Recipe
    """Of all trainings; the seed is that of the training."""
    named: str
    """What the recipe is called."""
    changes: tuple[str, ...]
    """Settings of the recipe that were changed."""
    seeds: tuple[int, ...]
    """Seeds of the trainings."""
    every: int
    """Epochs of the last stage between two that are scored; 0 scores none."""
    plan: bool
    """Stop after the first epoch, with an estimate."""
    anyway: bool
    """Go on though the first epoch looks bad."""
    device: str
    """Where to compute."""
    cache: Path | str | None
    """Where decoded images are kept, as in ``Reading``."""
    again: str
    """How to go on, for messages and the page."""
    watch: Watching
    """Opens what is shown each training."""
    progress: Progress
    """Shows how far the reading and the embedding of images are."""

    def looked(self, keys: Iterable[SeedAndFold]) -> dict[SeedAndFold, int]:
        """Count the epochs of trainings whose test scores are kept.

        Args:
            keys: seed and fold of each training, also of those that another call made.

        Returns:
            Their numbers; those of which none is kept are absent.

        Raises:
            CheckpointError: a file of scores is damaged.
        """
        files = {key: self.place.epochs_file(Training(self, *key).name) for key in keys}
        found = {key: {row.place for row in read_rows(file)} for key, file in files.items()}
        return {key: len(places) for key, places in found.items() if places}

    def trainings(self) -> Iterator["Training"]:
        """Yield the trainings: of each seed, one on each fold."""
        for seed in self.seeds:
            for fold in self.data:
                yield Training(self, seed, fold)


@dataclass(frozen=True)
class Training:
    """One training, and the scores of its networks."""

    task: Task
    """What it is a part of."""
    seed: int
    """Of the training."""
    fold: int | None
    """Of the data; None where it has none."""

    @property
    def key(self) -> SeedAndFold:
        """Seed and fold."""
        return self.seed, self.fold

    @property
    def name(self) -> str:
        """What its folder is called."""
        return f"seed-{self.seed}" + ("" if self.fold is None else f"-fold-{self.fold}")

    @property
    def run(self) -> Run:
        """Its run folder."""
        return self.task.place.run(self.name)

    @property
    def data(self) -> DataFolder:
        """What is trained on and scored."""
        return self.task.data[self.fold]

    @property
    def recipe(self) -> Recipe:
        """The recipe with its seed."""
        return replace(self.task.recipe, seed=self.seed)
