"""Reader of RegDB in its owners' layout: ten folds in idx/, images in Visible/ and Thermal/."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from vireid.data.folder import DataFolder, DatasetCard
from vireid.data.layouts.lists import BOTH_MODALITIES, BOTH_PARTS, Entry, note_shared, read_entries
from vireid.data.layouts.paths import ListedPaths
from vireid.data.layouts.problems import PartName, Problem, Scan
from vireid.data.statistics import named
from vireid.errors import ConfigError
from vireid.types import Images, Modality, Truth

REGDB = DatasetCard(
    name="RegDB",
    reference="Nguyen et al., Person Recognition System Based on a Combination of Body Images "
    "from Visible Light and Thermal Cameras, Sensors 17(3):605, 2017",
    url="http://dm.dongguk.edu/link.html",
    licence="academic use under the owners' agreement, which one signs to receive it; "
    "may not be passed on",
    statistics={
        "cameras": 2,
        "train identities": 206,
        "train visible images": 2_060,
        "train infrared images": 2_060,
        "test identities": 206,
        "test visible images": 2_060,
        "test infrared images": 2_060,
    },
)

FOLDS = 10
"""The folds are numbered 1 to 10."""

_WORDS = {Modality.VISIBLE: "visible", Modality.INFRARED: "thermal"}


def read_regdb(root: Path | str, fold: int = 1) -> DataFolder:
    """Read the file lists of RegDB, or of any data in its layout.

    The lists of fold t are `idx/train_visible_{t}.txt`, `train_thermal_{t}.txt`,
    `test_visible_{t}.txt` and `test_thermal_{t}.txt`; a line is a path and the person's number,
    counted from 0 in each list. The visible camera is number 1, the thermal one 2. Images are
    in the order of the lines, visible ones first. No image is opened.

    Args:
        root: the folder that holds `idx`.
        fold: which one, 1 to 10. A model is to be trained and tested on the same.

    Returns:
        Training and test images with their identities; with the name and card of RegDB only
        where all its statistics agree.

    Raises:
        DataError: where a list is missing, unreadable or empty, a file is missing, or an image
            is listed twice, for both modalities, or for training and test.
        ConfigError: where there is no such fold.
    """
    return scan_regdb(Path(root), fold).accepted()


def scan_regdb(root: Path, fold: int = 1) -> Scan:
    """Read what can be read of RegDB's layout, and note what is wrong.

    Args:
        root: as for ``read_regdb``.
        fold: as for ``read_regdb``.

    Returns:
        The images that are there, and the problems.

    Raises:
        ConfigError: where there is no such fold.
    """
    if not 1 <= fold <= FOLDS:
        raise ConfigError(f"fold is {fold}; expected 1 to {FOLDS}, the folds of RegDB")
    problems: list[Problem] = []
    paths = ListedPaths(root)
    names: tuple[PartName, ...] = ("train", "test")
    parts = {
        part: {
            kind: read_entries(paths, f"idx/{part}_{word}_{fold}.txt", part, problems)
            for kind, word in _WORDS.items()
        }
        for part in names
    }
    _note_repeated(parts, fold, problems)
    train, train_truth = _listed(root, parts["train"])
    test, test_truth = _listed(root, parts["test"])
    found = DataFolder(
        root.resolve().name,
        train,
        test,
        train_truth,
        test_truth,
        protocol="regdb",
        fold=fold,
        notes=paths.notes(),
    )
    data = named(found, REGDB)
    return Scan(str(root), replace(data, name=f"{data.name}, fold {fold}"), tuple(problems))


def _note_repeated(
    parts: dict[PartName, dict[Modality, list[Entry]]], fold: int, problems: list[Problem]
) -> None:
    """Note the images of both modalities, and those for training and test."""
    paths = {
        part: {kind: [entry.path for entry in entries] for kind, entries in sides.items()}
        for part, sides in parts.items()
    }
    for part, sides in paths.items():
        place = " and ".join(f"idx/{part}_{word}_{fold}.txt" for word in _WORDS.values())
        visible, infrared = sides[Modality.VISIBLE], sides[Modality.INFRARED]
        note_shared(visible, infrared, BOTH_MODALITIES, place, part, problems)
    train = {path for side in paths["train"].values() for path in side}
    for kind, word in _WORDS.items():
        place = f"idx/test_{word}_{fold}.txt"
        note_shared(train, paths["test"][kind], BOTH_PARTS, place, None, problems)


def _listed(root: Path, entries: dict[Modality, list[Entry]]) -> tuple[Images, Truth]:
    """Return listed images of camera 1 (visible), then 2 (thermal), and their identities."""
    rows = [(kind, entry) for kind in Modality for entry in entries[kind]]
    modality = np.array([kind for kind, _ in rows], dtype=np.int64)
    paths = tuple(entry.path for _, entry in rows)
    labels = np.array([entry.label for _, entry in rows], dtype=np.int64)
    return Images(root, paths, modality, modality + 1), Truth(labels)
