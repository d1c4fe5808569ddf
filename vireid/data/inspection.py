"""The finding of `vireid check`: what a data set holds and what it can be used for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vireid.data.file_facts import FileFact, look_at
from vireid.data.folder import DataFolder, DatasetCard
from vireid.data.layout import scan_data
from vireid.data.llcm import LLCM
from vireid.data.problems import Scan
from vireid.data.regdb import REGDB
from vireid.data.rules import Part, faults, findings, warnings
from vireid.data.statistics import count
from vireid.data.sysu import SYSU_MM01
from vireid.types import Modality

CARDS = {"sysu": SYSU_MM01, "regdb": REGDB, "llcm": LLCM}
"""The original of each layout."""


@dataclass(frozen=True)
class CameraCount:
    """What one camera contributes to one part."""

    part: str
    """train or test."""
    modality: Modality
    """Of the images."""
    camera: int
    """Its number, 0 where unknown."""
    identities: int | None
    """Different people; None where they are unknown."""
    images: int
    """Number of images."""


@dataclass(frozen=True)
class Inspection:
    """What was found in a data set."""

    name: str
    """Of the data."""
    card: DatasetCard | None
    """Of the public data set whose layout it has."""
    counts: dict[str, int]
    """Identities and images, under the names of the card."""
    cameras: tuple[CameraCount, ...]
    """Images for each part, modality and camera."""
    findings: dict[str, int]
    """How many files, entries and identities are out of order, by what is wrong."""
    faults: tuple[str, ...]
    """Why the data cannot be used as it is."""
    warnings: tuple[str, ...]
    """What is worth knowing and keeps nobody from using the data."""
    training: str
    """Empty where one can train on it, else why not."""
    evaluation: str
    """Empty where one can evaluate on it, else why not."""

    @property
    def usable(self) -> bool:
        """Whether it is without fault, and good for training, evaluation or both."""
        return not self.faults and not (self.training and self.evaluation)


def inspect_data(
    path: Path | str,
    *,
    trial: int | None = None,
    quick: bool = False,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Inspection:
    """Read a data set's lists, open all its images, and judge.

    Args:
        path: a data set as for ``open_data``.
        trial: as for ``open_data``.
        quick: read only the headers of the images.
        workers: number of threads; one a processor, at most eight, if not given.
        progress: called with the number of images done and all of them.

    Returns:
        The finding.

    Raises:
        DataError: where the path has no known layout, or a whole list is missing or unreadable.
        ConfigError: where an option does not apply or is out of range.
    """
    scan = scan_data(path, trial=trial)
    train, test = scan.data.train, scan.data.test
    total = len(train) + len(test)

    def ahead(done: int, _: int) -> None:
        if progress is not None:
            progress(done, total)

    def later(done: int, _: int) -> None:
        ahead(len(train) + done, total)

    looked = look_at(train, quick=quick, workers=workers, progress=ahead)
    return judge(scan, looked, look_at(test, quick=quick, workers=workers, progress=later))


def judge(
    scan: Scan, train_facts: tuple[FileFact, ...], test_facts: tuple[FileFact, ...]
) -> Inspection:
    """Judge a data set by its lists and by what its files turned out to be.

    Args:
        scan: what reading the lists gave.
        train_facts: of the N training images.
        test_facts: of the M test images.

    Returns:
        The finding.
    """
    data = scan.data
    train = Part("train", data.train, data.train_truth, train_facts)
    test = Part("test", data.test, data.test_truth, test_facts, data.roles)
    card = CARDS.get(data.protocol or "")
    wrong = faults(scan.problems, train, test)
    return Inspection(
        name=data.name,
        card=card,
        counts=count(data),
        cameras=tuple(_cameras(data)),
        findings=findings(scan.problems, train, test),
        faults=tuple(wrong),
        warnings=tuple(warnings(data, train, test, card)),
        training=_training(data, wrong),
        evaluation=_evaluation(data, wrong),
    )


def _training(data: DataFolder, wrong: list[str]) -> str:
    if not len(data.train):
        return "there are no training images"
    return "mend the faults first" if wrong else ""


def _evaluation(data: DataFolder, wrong: list[str]) -> str:
    if not len(data.test):
        return "there are no test images"
    if data.test_truth is None:
        return "the test images have no identities"
    return "mend the faults first" if wrong else ""


def _cameras(data: DataFolder) -> list[CameraCount]:
    """Count the images of each part, modality and camera."""
    parts = (("train", data.train, data.train_truth), ("test", data.test, data.test_truth))
    found = []
    for part, images, truth in parts:
        for kind in Modality:
            for camera in np.unique(images.camera[images.modality == kind]).tolist():
                here = (images.modality == kind) & (images.camera == camera)
                people = None if truth is None else len(np.unique(truth.identities[here]))
                found.append(CameraCount(part, kind, camera, people, int(here.sum())))
    return found
