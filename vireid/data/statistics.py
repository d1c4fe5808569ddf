"""Counts of identities and images, and how they compare with what a public data set states."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from vireid.data.folder import DataFolder, DatasetCard
from vireid.types import Modality

ALIKE = 0.1
"""Up to this share the identities of a copy of a public data set may differ from the original."""


def count(data: DataFolder) -> dict[str, int]:
    """Count identities and images by part and modality.

    Args:
        data: what was opened.

    Returns:
        Counts under the names that a ``DatasetCard`` uses; no identities where unknown. Images
        whose camera is unknown count as none.
    """
    cameras = np.union1d(data.train.camera, data.test.camera)
    counts = {"cameras": int(np.count_nonzero(cameras))}
    parts = (("train", data.train, data.train_truth), ("test", data.test, data.test_truth))
    for part, images, truth in parts:
        if truth is not None:
            counts[f"{part} identities"] = len(np.unique(truth.identities))
        for kind in Modality:
            number = int(np.sum(images.modality == kind))
            counts[f"{part} {kind.name.lower()} images"] = number
        counts[f"{part} images"] = len(images)
    return counts


def differing_counts(counts: dict[str, int], card: DatasetCard) -> list[str]:
    """Return the names of the counts that are not those of the original.

    Args:
        counts: as ``count`` returns them.
        card: of the original.

    Returns:
        Names in the order of the card.
    """
    return [name for name, value in card.statistics.items() if counts.get(name) != value]


def looks_original(counts: dict[str, int], card: DatasetCard) -> bool:
    """Tell whether data is a copy of the original, perhaps a damaged one.

    Args:
        counts: as ``count`` returns them.
        card: of the original.

    Returns:
        True where the numbers of identities differ by at most a tenth.
    """
    names = [name for name in card.statistics if name.endswith("identities")]
    return all(
        abs(counts.get(name, 0) - card.statistics[name]) <= ALIKE * card.statistics[name]
        for name in names
    )


def named(data: DataFolder, card: DatasetCard) -> DataFolder:
    """Give data its name, and the card of the original where it is that.

    Args:
        data: named after its folder.
        card: of the data set whose layout it has.

    Returns:
        The data under the original's name where all statistics agree and no `synthetic.json` says
        that the images were drawn, else under its folder's.
    """
    drawn = (Path(data.train.root) / "synthetic.json").is_file()
    if drawn or differing_counts(count(data), card):
        return replace(data, name=f"{data.name} ({card.name} layout)")
    return replace(data, name=card.name, card=card)
