"""A protocol as a value: draws of queries and gallery, and what each query ignores."""

from dataclasses import dataclass
from functools import cached_property

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
    "never the same place" takes two short vectors, whatever the size of the data. An image that is
    query and gallery never finds itself.
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

    @cached_property
    def overlaps(self) -> bool:
        """Whether an image is both query and gallery."""
        return bool(np.intersect1d(self.query, self.gallery).size)

    def ignored(
        self, rows: slice | Int = slice(None), columns: slice | Int = slice(None)
    ) -> Bool | None:
        """Tell which gallery images some queries ignore.

        Args:
            rows: which of the Q queries; all if not given.
            columns: which of the G gallery images; all if not given.

        Returns:
            [B, C] for B queries and C images; None where no query of the draw ignores anything.
        """
        itself = self.query[rows, None] == self.gallery[columns] if self.overlaps else None
        if self.query_group is None or self.gallery_group is None:
            return itself
        group = self.query_group[rows, None]
        ignored: Bool = (group == self.gallery_group[columns]) & (group != NO_GROUP)
        return ignored if itself is None else ignored | itself

    def left(self) -> Int:
        """Count what each query is compared with.

        Returns:
            [Q] gallery images that it does not ignore.
        """
        size = int(max(self.query.max(initial=0), self.gallery.max(initial=0))) + 1
        there = np.zeros(size, dtype=np.bool_)
        there[self.gallery] = True
        itself = there[self.query]
        if self.query_group is None or self.gallery_group is None or not len(self.gallery):
            return np.asarray(len(self.gallery) - itself.astype(np.int64))
        groups, counts = np.unique(self.gallery_group, return_counts=True)
        at = np.minimum(np.searchsorted(groups, self.query_group), len(groups) - 1)
        known = (groups[at] == self.query_group) & (self.query_group != NO_GROUP)
        group = np.full(size, NO_GROUP)
        group[self.gallery] = self.gallery_group
        counted = known & (group[self.query] == self.query_group)
        return np.asarray(len(self.gallery) - known * counts[at] - (itself & ~counted))


@dataclass(frozen=True)
class Stated:
    """What is said of a protocol in addition to its scores."""

    galleries: str = "not drawn"
    """Whose draws the galleries are."""
    direction: str = "query to gallery"
    """Modality of the queries, then of the gallery."""
    rule: str = "nothing"
    """Which gallery images a query ignores, in words."""
    advice: str = "check the identities, the cameras and the split"
    """What to do where a query ignores all images of its identity."""
    by_camera: bool = False
    """Whether the rule says nothing of images whose camera is unknown."""


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
    stated: Stated = Stated()
    """What is said of it in addition to its scores."""

    @cached_property
    def equal_draws(self) -> bool:
        """Whether there are several draws, all of the same images."""
        first = np.sort(self.draws[0].gallery)
        return len(self.draws) > 1 and all(
            np.array_equal(np.sort(draw.gallery), first)
            and np.array_equal(draw.query, self.draws[0].query)
            for draw in self.draws[1:]
        )

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


def groups_of(camera: Int, *facts: Int) -> Int:
    """Number the images of known cameras by what they share.

    Args:
        camera: [N] camera numbers; 0 where unknown.
        facts: [N] each: what is shared in addition, identities say.

    Returns:
        [N] equal numbers where all of these are equal, -1 for images of an unknown camera.

    >>> groups_of(np.array([2, 2, 2, 0]), np.array([7, 7, 8, 7])).tolist()
    [1, 1, 2, -1]
    """
    numbers: Int = np.unique(np.stack([*facts, camera]), axis=1, return_inverse=True)[1]
    return np.where(camera == 0, NO_GROUP, numbers)
