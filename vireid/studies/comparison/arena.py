"""What all rows of a comparison have in common: data, seeds, protocols, code, and where it lies."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vireid.config import Centre
from vireid.errors import ConfigError
from vireid.observers import Progress, silent
from vireid.runs.watch import Watching, nobody
from vireid.scoring import Flip, ProtocolOptions, choose_protocol
from vireid.scoring.options import flips
from vireid.studies.cameras import demand_cameras, warn_of_other_cameras
from vireid.studies.code import PACKAGE, Code, code_of
from vireid.studies.comparison.begun import Begun
from vireid.studies.comparison.commits import commit_of_code
from vireid.studies.comparison.digests import data_digest
from vireid.studies.comparison.entries import Entry
from vireid.studies.comparison.rows import Row, RowFile
from vireid.studies.data_prints import fingerprint_of
from vireid.studies.study import open_all, whole_name
from vireid.types import Known, Truth


@dataclass(frozen=True)
class DataSet:
    """Data that methods are trained on, and what scores them."""

    train: Path
    """Whose training images are learned from."""
    test: Path
    """Whose test images are scored."""
    contents: str
    """Digest of both."""
    protocols: tuple[str, ...]
    """Whole names of the protocols."""
    trained: str
    """Fingerprint of the training images."""
    scored: str
    """Fingerprint of the test images."""
    known: Known = field(repr=False)
    """What is known of the training images."""
    truth: Truth | None = field(default=None, repr=False)
    """Identities of the training images, where known: for the bound, and for a search by them."""

    @property
    def name(self) -> str:
        """What the data is called."""
        return self.train.resolve().name


@dataclass(frozen=True)
class Settings:
    """How trainings are run and scored, the same for all rows."""

    protocol: tuple[ProtocolOptions, ...] = (ProtocolOptions(),)
    """What is asked for of each protocol."""
    flip: Flip = "both"
    """Whether test embeddings are averaged with those of mirror images; ``both`` for either."""
    centre: Centre = "none"
    """Whose statistics of cameras are taken off test embeddings, whatever recipes say."""
    device: str = "cpu"
    """Where to compute."""
    again: str = "the same call"
    """How to go on, for messages."""
    watch: Watching = nobody
    """Opens what is shown each training."""
    progress: Progress = silent
    """Shows how far the reading and the embedding of images are."""


@dataclass(frozen=True)
class Arena:
    """What methods are set against each other on."""

    out: Path
    """Where trainings lie; several processes may share it."""
    file: RowFile
    """Where results are noted."""
    data_sets: tuple[DataSet, ...]
    """The data."""
    seeds: tuple[int, ...]
    """Seeds of the trainings."""
    settings: Settings
    """How trainings are run and scored."""
    commit: str
    """Of the code that trains."""
    code: Code
    """Digest of the package as it was when the comparison was opened, by the package's name."""
    choosing: bool = False
    """Whether trainings are to choose settings, so that any protocol may have scored them."""

    def now(self, entry: Entry) -> Begun:
        """Return the code that trains a method now.

        Args:
            entry: the method.

        Returns:
            The commit, and the digests of the package and of other modules that the recipe names.
        """
        return Begun(self.commit, "/".join({**code_of([entry.recipe]), **self.code}.values()))

    def noted(self, entry: Entry, data: DataSet, seed: int) -> list[Row]:
        """Return what is noted of a training, whatever has scored it.

        Args:
            entry: the method.
            data: the data.
            seed: of the training.

        Returns:
            A row for each protocol.
        """
        training = (entry.digest, data.contents, seed)
        return [row for row in self.file.rows() if (row.recipe, row.contents, row.seed) == training]

    def found(self, entry: Entry, data: DataSet, seed: int) -> list[Row]:
        """Return what is known of a training.

        Args:
            entry: the method.
            data: the data.
            seed: of the training.

        Returns:
            A row for each protocol, in order; nothing where a protocol lacks one. Where settings
            are to be chosen, all rows.
        """
        known = {row.protocol: row for row in self.noted(entry, data, seed)}
        asked = tuple(known) if self.choosing else data.protocols
        return [known[one] for one in asked] if all(one in known for one in asked) else []

    def wanted(self) -> dict[str, int]:
        """Return how many trainings each method is to have, by the whole name of the protocol."""
        count = Counter(protocol for data in self.data_sets for protocol in data.protocols)
        return {protocol: sets * len(self.seeds) for protocol, sets in count.items()}

    def table(self, entries: Sequence[Entry]) -> dict[str, list[Row]]:
        """Return what is known of methods.

        Args:
            entries: the methods.

        Returns:
            All rows on these data and seeds, by the name of the method.
        """
        return {
            entry.name: [
                row
                for data in self.data_sets
                for seed in self.seeds
                for row in self.found(entry, data, seed)
            ]
            for entry in entries
        }


def arena(
    out: Path,
    file: Path,
    data: tuple[Sequence[Path], Sequence[Path] | None],
    seeds: tuple[int, ...],
    settings: Settings,
) -> Arena:
    """Open data and look at the code.

    Args:
        out: where trainings lie.
        file: CSV of the results.
        data: data sets with different names, and those whose test images are scored, as for a
            study.
        seeds: of the trainings.
        settings: how trainings are run and scored.

    Returns:
        What methods can be set against each other on.

    Raises:
        ConfigError: two data sets are the same images, a protocol does not apply, or cameras are
            unknown whose statistics are wanted.
        DataError: the data cannot be read.
    """
    folders, tests = data
    trained, scored = open_all(folders, tests)
    demand_cameras(trained, settings.centre)
    warn_of_other_cameras(trained, scored, settings.centre)
    chosen = list(tests or folders)
    chosen = chosen * len(folders) if len(chosen) == 1 else chosen
    sets = []
    for folder, test, name in zip(folders, chosen, trained, strict=True):
        found = [choose_protocol(scored[name], one) for one in settings.protocol]
        names = [
            whole_name(one, flip=flip, centre=settings.centre)
            for flip in flips(settings.flip)
            for one in found
        ]
        print_ = fingerprint_of(trained[name], scored[name])
        parts, learned = print_.split("; test "), trained[name]
        images, known, truth = (parts[0], parts[1]), learned.train.known(), learned.train_truth
        contents = data_digest(print_)
        sets.append(DataSet(folder, test, contents, tuple(names), *images, known, truth))
    _demand_different({one.name: one.contents for one in sets})
    code = {PACKAGE: code_of([])[PACKAGE]}
    return Arena(out, RowFile(file), tuple(sets), seeds, settings, commit_of_code(), code)


def _demand_different(contents: Mapping[str, str]) -> None:
    """Refuse the same images under two names."""
    names = list(contents)
    for number, name in enumerate(names):
        for other in names[:number]:
            if contents[name] == contents[other]:
                raise ConfigError(f"data {other} and {name} are the same images; give them once")
