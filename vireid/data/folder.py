"""What opening a folder of images gives: training and test images, and sealed identities."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np

from vireid.errors import DataError
from vireid.types import Images, Truth

Role = Literal["query", "gallery", "both"]
"""What a test image does in an evaluation; of both, a query never finds itself."""

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
"""File name endings, in lower case, of what is taken for an image in a folder."""

OTHER_SUFFIXES = frozenset({".tif", ".tiff", ".webp", ".ppm", ".pgm", ".gif", ".jfif"})
"""Endings of images, in lower case, that can be decoded and are not taken in a folder."""

NO_IMAGE = "holds no image; expected .jpg, .jpeg, .png or .bmp files"
"""What is said of a folder without any."""


@dataclass(frozen=True)
class DatasetCard:
    """Where a public data set comes from and what it holds."""

    name: str
    """Its usual name."""
    reference: str
    """The publication that presents it."""
    url: str
    """Where its owners describe it."""
    licence: str
    """How one may come by it."""
    statistics: Mapping[str, int] = field(hash=False)
    """Published counts of identities and images, under the names of ``statistics.count``; it
    cannot be changed."""

    def __post_init__(self) -> None:
        """Freeze the counts."""
        object.__setattr__(self, "statistics", MappingProxyType(dict(self.statistics)))

    def __reduce__(self) -> tuple[type["DatasetCard"], tuple[object, ...]]:
        """Copy and pickle by the values, as a frozen mapping can do neither."""
        texts = (self.name, self.reference, self.url, self.licence)
        return DatasetCard, (*texts, dict(self.statistics))


@dataclass(frozen=True)
class DataFolder:
    """The images of a folder, parted into training and test, with identities where known."""

    name: str
    """What the data is called in reports."""
    train: Images
    """N training images."""
    test: Images
    """M test images, possibly none."""
    train_truth: Truth | None = None
    """Identities of the N training images, if known."""
    test_truth: Truth | None = None
    """Identities of the M test images, if known."""
    roles: tuple[Role, ...] | None = None
    """M roles of the test images; None where a protocol draws queries and galleries."""
    protocol: str | None = None
    """The protocol this data is evaluated by: "sysu", "regdb", "llcm", "plain", or None without a
    test part."""
    fold: int | None = None
    """Which of several folds this is, where there are several."""
    sample: tuple[int, int] | None = None
    """Images asked for and the seed that drew them, where the training images are a sample."""
    card: DatasetCard | None = None
    """Origin and statistics of a public data set."""
    notes: tuple[str, ...] = ()
    """What whoever uses the data is to know of it, a line each: folders that were left out, say."""

    def __post_init__(self) -> None:
        """Check that identities and roles belong to the images."""
        parts = (
            ("train_truth", self.train_truth, self.train),
            ("test_truth", self.test_truth, self.test),
            ("roles", self.roles, self.test),
        )
        for name, values, images in parts:
            if values is not None and len(values) != len(images):
                raise DataError(f"{name} has {len(values)} entries for {len(images)} images")


def no_images(root: Path) -> Images:
    """Return zero images below a root.

    Args:
        root: the folder that paths would be relative to.

    Returns:
        Images of length 0.

    >>> len(no_images(Path("data")))
    0
    """
    none = np.empty(0, dtype=np.int64)
    return Images(root, (), none, none)


def is_image(name: str) -> bool:
    """Tell whether a file name looks like an image; hidden files do not.

    Args:
        name: a file name without folders.

    Returns:
        True for the endings of `IMAGE_SUFFIXES` in any case.

    >>> is_image("0001.JPG"), is_image("Thumbs.db"), is_image("._0001.jpg")
    (True, False, False)
    """
    return not name.startswith(".") and Path(name).suffix.lower() in IMAGE_SUFFIXES
