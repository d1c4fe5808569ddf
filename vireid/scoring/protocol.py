"""A protocol as a value: draws of queries and gallery, and what each query ignores."""

from dataclasses import dataclass

import numpy as np

from vireid.errors import DataError, number_of
from vireid.metrics import Count
from vireid.types import Bool, Int

NO_GROUP = -1
"""The group of images that nothing is ignored for."""


@dataclass(frozen=True, repr=False)
class Draw:
    """One draw of queries and gallery from the test images.

    A gallery image is no part of the gallery of the queries of its own group. A rule such as
    "never the same place" takes two short vectors, whatever the size of the data.
    """

    query: Int
    """[Q] indices into the test images."""
    gallery: Int
    """[G] indices into the test images."""
    query_group: Int | None = None
    """[Q] group numbers, -1 for none; None where nothing is ignored."""
    gallery_group: Int | None = None
    """[G] group numbers likewise."""

    def __post_init__(self) -> None:
        """Check the shapes and freeze the arrays."""
        if (self.query_group is None) != (self.gallery_group is None):
            raise DataError("groups are given for one side; expected both or neither")
        for side in ("query", "gallery"):
            group, images = getattr(self, f"{side}_group"), getattr(self, side)
            if group is not None and group.shape != images.shape:
                raise DataError(f"{side}_group has shape {group.shape}; expected {images.shape}")
        for name, array in vars(self).copy().items():
            if array is not None:
                view = array.view()
                view.setflags(write=False)
                object.__setattr__(self, name, view)

    def __repr__(self) -> str:
        return f"Draw({self._counts()})"

    def _counts(self) -> str:
        queries = number_of(len(self.query), "query", "queries")
        return f"{queries}, {number_of(len(self.gallery), 'gallery image')}"

    def ignored(self, rows: slice | Int = slice(None)) -> Bool | None:
        """Tell which gallery images some queries ignore.

        Args:
            rows: which of the Q queries; all if not given.

        Returns:
            [B, G] for B queries; None where no query of the draw ignores anything.
        """
        if self.query_group is None or self.gallery_group is None:
            return None
        group = self.query_group[rows, None]
        ignored: Bool = (group == self.gallery_group) & (group != NO_GROUP)
        return ignored


@dataclass(frozen=True, repr=False)
class Protocol:
    """A way to evaluate: its draws, whose scores are averaged, and how ranks count."""

    name: str
    """What reports call it."""
    count: Count
    """What a rank of the CMC curve counts."""
    draws: tuple[Draw, ...]
    """The draws, at least one."""
    images: int | None = None
    """How many test images the draws are of; None where that is not known."""

    def __post_init__(self) -> None:
        """Check that there is a draw, and that all are of the test images."""
        if not self.draws:
            raise DataError(f"protocol {self.name} has no draw; expected at least one")
        self.check(self.images)

    def check(self, images: int | None) -> None:
        """Check that the draws can be of some images.

        Args:
            images: how many test images there are; None where that is not known.

        Raises:
            DataError: the draws are of another number of images, or of an image that is not there;
                a negative index would be one from the end.
        """
        if images is not None and self.images not in {None, images}:
            raise DataError(
                f"{images} test images for a protocol of {self.images}; expected the same, in the "
                "same order"
            )
        last = "N - 1" if images is None else images - 1
        for side in (side for draw in self.draws for side in (draw.query, draw.gallery)):
            for index in (side.min(initial=0), side.max(initial=0)):
                if index < 0 or (images is not None and index >= max(images, 1)):
                    raise DataError(
                        f"protocol {self.name} draws test image {index}; expected 0 to {last}"
                    )

    def __repr__(self) -> str:
        draws = number_of(len(self.draws), "draw")
        counts = self.draws[0]._counts()
        return f"Protocol({self.name}; {draws} of {counts}; ranks count {self.count})"


def pair_groups(identity: Int, camera: Int) -> Int:
    """Number the pairs of identity and camera.

    Args:
        identity: [N].
        camera: [N] camera numbers; 0 where unknown.

    Returns:
        [N] equal numbers for equal pairs, -1 for images of an unknown camera.

    >>> pair_groups(np.array([7, 7, 8, 7]), np.array([2, 2, 2, 0])).tolist()
    [1, 1, 2, -1]
    """
    numbers: Int = np.unique(np.stack([identity, camera]), axis=1, return_inverse=True)[1]
    return np.where(camera == 0, NO_GROUP, numbers)
