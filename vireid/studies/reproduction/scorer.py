"""A network scored in every published setting, flips off and on, each image passed twice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from vireid.data.pixels.decoding import Pixels
from vireid.runs import new_network
from vireid.runs.leveling import levels_of, with_levels
from vireid.runs.reading import read_all
from vireid.scoring import Protocol
from vireid.scoring.flips import score_both
from vireid.studies.reproduction.settings import protocols_of, settings_of
from vireid.studies.reproduction.task import Training


@dataclass(frozen=True)
class SettingScores:
    """Scores of a network in one setting."""

    setting: str
    """How it was evaluated."""
    flips: bool
    """Whether embeddings were averaged with those of mirror images."""
    scores: Mapping[str, float]
    """In percent, by name."""


@dataclass
class Scorer:
    """Scores networks of one training on its test people; the images are read once."""

    training: Training

    @cached_property
    def pixels(self) -> Pixels:
        """The test images [M, H, W, 3]."""
        training, task = self.training, self.training.task
        test = with_levels(training.data.test, None, levels_of(training.run))
        size = (task.recipe.height, task.recipe.width)
        return read_all(test, size, task.cache, progress=task.progress)

    @cached_property
    def protocols(self) -> tuple[Protocol, ...]:
        """One for each setting."""
        return protocols_of(self.training.task.which, self.training.data)

    def __call__(self, weights: Mapping[str, Tensor]) -> Iterator[SettingScores]:
        """Score a network; nothing but its scores is kept.

        Args:
            weights: by name; stay as they are.

        Yields:
            Its scores in each setting, flips off, then on.

        Raises:
            VireidError: the test images cannot be read, or an embedding is not finite.
        """
        task = self.training.task
        network = new_network(task.recipe, weights="none")
        network.load_state_dict(dict(weights))
        network = network.to(task.device).eval()
        found = score_both(
            network, self.pixels, self.training.data, self.protocols, progress=task.progress
        )
        names = [setting.name for setting in settings_of(task.which) for _ in (False, True)]
        for name, (flips, scores) in zip(names, found, strict=True):
            yield SettingScores(name, flips, scores.table())
