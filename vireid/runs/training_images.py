"""The images that a run was trained on, where they can still be found."""

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vireid.data import open_data
from vireid.data.find_images import is_data
from vireid.errors import CheckpointError, ConfigError, DataError
from vireid.runs.centring import kept_statistics
from vireid.runs.centring_data import data_of
from vireid.runs.checkpoint import load_metadata
from vireid.runs.fingerprints import fingerprint
from vireid.runs.folder import Run
from vireid.runs.initial import former_data
from vireid.runs.last_stage import find_stage
from vireid.runs.sampled import kept_sample, sample_images
from vireid.types import Images

ABOVE = 4
"""Folders above that of some images in which the data of the training are looked for, at most."""
TABLES = 20
"""Manifests of a folder that are looked at, at most."""


@dataclass(frozen=True)
class Trained:
    """By what the training images of a run are told from others; None where it does not say."""

    files: str | None
    """A hash of their paths and sizes, as ``fingerprint`` begins."""
    cameras: str | None
    """Another one, which a checkpoint keeps with its statistics of cameras."""
    fold: int | None
    """Which fold of their data they are."""
    sample: tuple[int, int] | None = None
    """Images asked for and the seed, where they are a sample of their data."""

    @property
    def told(self) -> bool:
        """Whether anything is known."""
        return bool(self.files or self.cameras)

    def are(self, images: Images) -> bool:
        """Tell whether images are those of the training, all of them and no others.

        Args:
            images: the set.

        Returns:
            True where they are; False where not, or nothing is known.
        """
        try:
            here = fingerprint(images).split(", tracks")[0]
        except OSError:  # files are missing
            return False
        if self.files:
            return self.files.split(", tracks")[0] == here
        return bool(self.cameras) and data_of(images).images == self.cameras


def trained_on(run: Run | Path | str, stage: str | None = None) -> Trained:
    """Read by what the training images of a run are told from others.

    Args:
        run: a run, its folder, or the file of a checkpoint.
        stage: after which stage, as for ``embed``.

    Returns:
        What the run's folder says, or else the checkpoint.
    """
    where = run.folder if isinstance(run, Run) else Path(run)
    folder = Run(where.parent.parent if where.is_file() else where)
    told = folder.beside()
    fold, data = folder.origin().fold, None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a training that has not ended; said elsewhere
            file = where if where.is_file() else folder.checkpoint_file(find_stage(folder, stage))
        metadata = load_metadata(file)
        fold = int(metadata["fold"]) if fold is None and "fold" in metadata else fold
        data = kept_statistics(file).data
    except (CheckpointError, ConfigError):
        pass  # none are kept
    return replace(_trained(told, fold), cameras=data.images if data else None)


def trained_before(run: Run | Path | str) -> tuple[Trained, ...]:
    """Read by what the training images of the earlier runs that a run began from are told.

    Args:
        run: as for ``trained_on``.

    Returns:
        What is known of each of them, the nearest first; none where it began from no run.
    """
    where = run.folder if isinstance(run, Run) else Path(run)
    folder = Run(where.parent.parent if where.is_file() else where)
    found = former_data(folder)
    folds = [one.get("fold") for one in found]
    return tuple(
        _trained(told, fold if isinstance(fold, int) else None)
        for told, fold in zip(found, folds, strict=True)
    )


def _trained(told: dict[str, Any], fold: int | None) -> Trained:
    """Return what ``data.json`` tells."""
    files = told.get("images")
    return Trained(None if files is None else str(files), None, fold, kept_sample(told))


def find_training_images(
    trained: Trained, images: Images, path: Path | None = None
) -> Images | None:
    """Find the training images of a run, in the data that some images are of.

    Args:
        trained: by what they are told from others.
        images: images at hand, which may be some of them.
        path: where these were found, if that is known.

    Returns:
        The training images; None where the data are others, or lie somewhere else.
    """
    if not trained.told:
        return None
    if trained.are(images):
        return images
    for place in _places(images, path):
        for fold in dict.fromkeys([trained.fold, None]):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    train = open_data(place, fold=fold).train
            except (DataError, ConfigError):
                continue
            if trained.sample is not None:
                train = train.subset(sample_images(train, *trained.sample))
            if trained.are(train):
                return train
    return None


def _places(images: Images, path: Path | None) -> Iterator[Path]:
    """Yield data sets that images may be of: a path, their folder and those that it lies in."""
    if path is not None and is_data(path):
        yield path
    if not any((images.root / one).exists() for one in images.paths[:1]):
        return
    root = Path(os.path.realpath(images.root))
    yield from sorted([*root.glob("*.csv"), *root.glob("*.parquet")])[:TABLES]
    for place in (root, *root.parents[:ABOVE]):
        if is_data(place):
            yield place


def shared_images(images: Images, others: Images) -> int:
    """Count images whose files are among those of others.

    Args:
        images: N images.
        others: M images.

    Returns:
        How many; links count as what they lead to.
    """
    there = set(_files(others))
    return sum(file in there for file in _files(images))


def _files(images: Images) -> Iterator[str]:
    return (os.path.realpath(images.root / path) for path in images.paths)
