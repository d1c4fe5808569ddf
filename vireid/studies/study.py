"""A study as a value: what is trained and scored, on what, and where it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from vireid.config import Centre, Recipe
from vireid.data import DataFolder, open_data
from vireid.errors import ConfigError, DataError
from vireid.observers import Progress, silent
from vireid.runs.scores import protocol_key
from vireid.runs.watch import Watching, nobody
from vireid.scoring import Flip, Protocol
from vireid.scoring.networks import scored_name
from vireid.scoring.options import flips
from vireid.studies.folder import StudyFolder


@dataclass(frozen=True)
class Study:
    """What is to be trained and scored, where, and how it is shown."""

    folder: StudyFolder
    """Where everything is kept."""
    rows: Mapping[str, Recipe]
    """The recipe of each row; the seed is that of the job."""
    data: Mapping[str, DataFolder]
    """What is trained on, by name."""
    test: Mapping[str, DataFolder]
    """Whose test part is scored, by the same names."""
    seeds: tuple[int, ...]
    """Seeds of the trainings."""
    protocols: Mapping[str, tuple[Protocol, ...]]
    """What the test part of each is scored by, by the same names."""
    flip: Flip = False
    """Whether test embeddings are averaged with those of mirror images; ``both`` for either."""
    centre: Centre = "none"
    """Whose statistics of cameras are taken off test embeddings, of all rows alike."""
    keep_checkpoints: bool = False
    """Whether the networks of the rows stay."""
    gains: tuple[tuple[str, str], ...] | None = None
    """Each row and the one it is compared with; None for the row before."""
    parameter: str | None = None
    """The setting whose values the rows are; None where they are no such values."""
    device: str = "cpu"
    """Where to compute."""
    again: str = "the same call"
    """How to go on, for messages and the page of results."""
    watch: Watching = nobody
    """Opens what is shown each training."""
    progress: Progress = silent
    """Shows how far the reading and the embedding of images are."""

    def pairs(self, order: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """Return each row with the one that it is compared with.

        Args:
            order: all rows of the folder.

        Returns:
            Pairs; each row with the one before where nothing else is said.
        """
        if self.gains is not None:
            return self.gains
        return tuple((row, before) for before, row in pairwise(order))

    def scored_by(self, name: str) -> list[str]:
        """Return what rows are scored by.

        Args:
            name: of the data set.

        Returns:
            Whole names of protocols, in order.
        """
        return [
            whole_name(one, flip=flip, centre=self.centre)
            for flip in flips(self.flip)
            for one in self.protocols[name]
        ]


def whole_name(protocol: Protocol, *, flip: bool = False, centre: Centre = "none") -> str:
    """Return what results call a protocol.

    Args:
        protocol: queries and galleries.
        flip: whether embeddings are averaged with those of mirror images.
        centre: whose statistics of cameras are taken off them.

    Returns:
        Its name, with all that is done beside it and the number of draws.
    """
    return protocol_key(scored_name(protocol, flip=flip, centre=centre), len(protocol.draws))


def open_all(
    folders: Sequence[Path], tests: Sequence[Path] | None
) -> tuple[dict[str, DataFolder], dict[str, DataFolder]]:
    """Open what is trained on and what is scored.

    Args:
        folders: data sets with different names.
        tests: data whose test part is scored: one for all or one for each; their own if None.

    Returns:
        What is trained on and whose test part is scored, by the name of the folder.

    Raises:
        ConfigError: two folders have one name, or there are too few or too many tests.
        DataError: the data cannot be read.
    """
    called = [path.resolve().name for path in folders]
    twice = next((name for name in called if called.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(
            f"two data sets are called {twice}; results need a name for each: rename one"
        )
    chosen = tests or folders
    if len(chosen) not in {1, len(folders)}:
        raise ConfigError(f"--test has {len(chosen)} for {len(folders)} data sets; give one or all")
    if len(chosen) == 1:
        chosen = list(chosen) * len(folders)
    opened = {path: open_data(path) for path in dict.fromkeys([*folders, *chosen])}
    for path in folders:
        if not len(opened[path].train):
            raise DataError(f"{path} has no training images; a study trains on all of its data")
    return (
        dict(zip(called, (opened[path] for path in folders), strict=True)),
        dict(zip(called, (opened[path] for path in chosen), strict=True)),
    )


def distinct_seeds(seeds: Sequence[int]) -> tuple[int, ...]:
    """Return the seeds of a study without those named twice.

    Args:
        seeds: of the trainings, at least one.

    Returns:
        Different seeds, in order.

    Raises:
        ConfigError: there is none, or one is below 0.
    """
    if not seeds:
        raise ConfigError("--seeds holds none; expected one for each training")
    if min(seeds) < 0:
        raise ConfigError(f"--seeds holds {min(seeds)}; expected 0 or more")
    return tuple(dict.fromkeys(seeds))
