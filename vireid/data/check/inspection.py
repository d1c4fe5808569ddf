"""The finding of `vireid check`: what a data set holds and what it can be used for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vireid.data.check.appearance import look_warnings
from vireid.data.check.cameras import CameraLook, camera_looks
from vireid.data.check.depths import depth_warnings, scaling_of
from vireid.data.check.faults import MAX_UNREADABLE, Fault, list_faults
from vireid.data.check.file_facts import FileFact, look_at
from vireid.data.check.folds import all_faults, all_problems, all_warnings, other_images, reason
from vireid.data.check.rules import file_warnings, findings
from vireid.data.check.unlisted import leftovers
from vireid.data.check.verdict import CountQueries, QueryCount, judge_fold
from vireid.data.folder import DataFolder, DatasetCard
from vireid.data.layouts.llcm import LLCM
from vireid.data.layouts.open import scan_data, scan_folds
from vireid.data.layouts.problems import Scan
from vireid.data.layouts.regdb import REGDB
from vireid.data.layouts.sysu import SYSU_MM01
from vireid.data.statistics import count
from vireid.errors import ConfigError
from vireid.types import Images, Levels, Modality, Tell

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
    name: str = "unknown"
    """What it is called; unknown where that is so."""


@dataclass(frozen=True)
class Inspection:
    """What was found in a data set."""

    name: str
    """Of the data, and of the fold that is counted where there are several."""
    card: DatasetCard | None
    """Of the public data set whose layout it has."""
    counts: dict[str, int]
    """Identities and images, under the names of the card: of the first fold whose lists are
    sound, if any is, and `images of all folds` where there are several."""
    cameras: tuple[CameraCount, ...]
    """Images for each part, modality and camera of that fold."""
    findings: dict[str, int]
    """How many lists, entries, files and identities are out of order, by what is wrong."""
    reasons: tuple[Fault, ...]
    """Why the data cannot be used as it is, and what for."""
    warnings: tuple[str, ...]
    """What is worth knowing and keeps nobody from using the data."""
    training: str
    """Empty where one can train on it, else why not."""
    evaluation: str
    """Empty where one can evaluate on it, else why not."""
    queries: QueryCount | None = None
    """What the protocol makes of the test images of that fold, where it was tried."""
    root: Path = Path()
    """The folder that paths are relative to."""
    looks: tuple[CameraLook, ...] = field(default=(), compare=False, repr=False)
    """What the pictures of each camera look like."""
    levels: tuple[str, ...] = ()
    """Which values of files of more than 8 bits become black and white, a line for each camera."""
    people: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    """Images of each person, by part, in order of number; of parts whose people are known."""

    @property
    def faults(self) -> tuple[str, ...]:
        """The reasons, a line each."""
        return tuple(fault.line for fault in self.reasons)

    @property
    def usable(self) -> bool:
        """Whether it is without fault, and good for training, evaluation or both."""
        return not self.reasons and not (self.training and self.evaluation)


def check(
    data: Path | str,
    *,
    fold: int | None = None,
    quick: bool = False,
    workers: int | None = None,
    progress: Tell | None = None,
    max_unreadable: float = MAX_UNREADABLE,
    count_queries: CountQueries | None = None,
    levels: Levels | str | Sequence[str] | None = None,
) -> Inspection:
    """Read a data set's lists, open all its images once, and judge.

    Args:
        data: a data set as for ``open_data``.
        fold: which of the ten folds of RegDB, 1 to 10; all if not given. For RegDB's layout
            only.
        quick: read only the headers of the images.
        workers: number of threads; one a processor, at most eight, if not given.
        progress: called with the number of images done and all of them.
        max_unreadable: share of the training images that may be unreadable, in [0, 1).
        count_queries: builds the protocol of a fold and counts its queries; the protocol is not
            tried if not given.
        levels: what becomes black and white of files of more than 8 bits, as the command's
            ``--levels`` takes it; found from the files if not given.

    Returns:
        The finding.

    Raises:
        DataError: where the path has no known layout, or a manifest is no table.
        ConfigError: where an option does not apply or is out of range.
    """
    if not 0 <= max_unreadable < 1:
        raise ConfigError(
            f"--max-unreadable {max_unreadable:g}: expected a share from 0 to below 1"
        )
    scans = scan_folds(data) if fold is None else (scan_data(data, fold=fold),)
    parts = [images for scan in scans for images in (scan.data.train, scan.data.test)]
    paths = tuple(dict.fromkeys(path for images in parts for path in images.paths))
    none = np.zeros(len(paths), dtype=np.int64)
    images = Images(parts[0].root, paths, none, none)
    facts = look_at(images, quick=quick, workers=workers, progress=progress)
    left = leftovers(scans)
    return judge(
        scans,
        dict(zip(paths, facts, strict=True)),
        unlisted=left.images,
        notes=left.notes,
        max_unreadable=max_unreadable,
        count_queries=count_queries,
        levels=levels,
    )


def judge(
    scans: Sequence[Scan],
    facts: Mapping[str, FileFact],
    *,
    unlisted: Sequence[str] = (),
    notes: Sequence[str] = (),
    max_unreadable: float = MAX_UNREADABLE,
    count_queries: CountQueries | None = None,
    levels: Levels | str | Sequence[str] | None = None,
) -> Inspection:
    """Judge a data set by its lists and by what its files turned out to be.

    Args:
        scans: what reading the lists of each fold gave, at least one.
        facts: of all images of all folds, by path.
        unlisted: image files that no list names.
        notes: what else lies between the images, a line each.
        max_unreadable: share of the training images that may be unreadable, in [0, 1).
        count_queries: as for ``check``.
        levels: as for ``check``.

    Returns:
        The finding.
    """
    card = CARDS.get(scans[0].data.protocol or "")
    verdicts = [
        judge_fold(scan, facts, card, max_unreadable=max_unreadable, count_queries=count_queries)
        for scan in scans
    ]
    shown = min(
        verdicts, key=lambda v: (not (v.train.whole and v.test.whole), v.scan.problems != ())
    )
    data, problems = shown.scan.data, all_problems(scans)
    scaling = scaling_of(data, facts, levels)
    looks = camera_looks((shown.train, shown.test), scaling.levels)
    pictures = (*look_warnings(looks), *depth_warnings(looks, scaling.doubts))
    parts = (shown.train, shown.test, other_images(shown, facts))
    several = {"images of all folds": len(facts)} if len(scans) > 1 else {}
    found = all_faults(verdicts)
    tolerated = (fault.line for fault in found if not fault.stops)
    return Inspection(
        name=data.name + (f" of {len(scans)}" if len(scans) > 1 else ""),
        card=card,
        counts={**count(data), **several},
        cameras=tuple(_cameras(data)),
        findings=findings(problems, parts, unlisted, [(v.train, v.test) for v in verdicts]),
        reasons=(*list_faults(problems), *(fault for fault in found if fault.stops)),
        warnings=(
            *tolerated,
            *all_warnings(verdicts),
            *pictures,
            *file_warnings(parts, unlisted),
            *notes,
        ),
        training=reason(verdicts, "training"),
        evaluation=reason(verdicts, "evaluation"),
        queries=shown.queries,
        root=data.train.root,
        looks=tuple(looks),
        levels=scaling.lines,
        people=_people(data),
    )


def _cameras(data: DataFolder) -> list[CameraCount]:
    """Count the images of each part, modality and camera."""
    parts = (("train", data.train, data.train_truth), ("test", data.test, data.test_truth))
    found = []
    for part, images, truth in parts:
        for kind in Modality:
            for camera in np.unique(images.camera[images.modality == kind]).tolist():
                here = (images.modality == kind) & (images.camera == camera)
                people = None if truth is None else len(np.unique(truth.identities[here]))
                name = images.camera_name(camera) if camera else "unknown"
                found.append(CameraCount(part, kind, camera, people, int(here.sum()), name))
    return found


def _people(data: DataFolder) -> dict[str, tuple[int, ...]]:
    """Count the images of each person of each part."""
    parts = (("train", data.train_truth), ("test", data.test_truth))
    return {
        part: tuple(np.unique(truth.identities, return_counts=True)[1].tolist())
        for part, truth in parts
        if truth is not None
    }
