"""One part of a data set with all that is known of it: images, identities, files."""

from dataclasses import dataclass

import numpy as np

from vireid.data.check.file_facts import FileFact
from vireid.data.folder import Role
from vireid.data.layouts.problems import PartName
from vireid.types import Images, Modality, Truth


@dataclass(frozen=True)
class Part:
    """The training or the test images with all that is known of them."""

    name: PartName
    """train or test."""
    images: Images
    """N images."""
    truth: Truth | None
    """Their identities, if known."""
    facts: tuple[FileFact, ...]
    """What their files turned out to be."""
    roles: tuple[Role, ...] | None = None
    """N roles, where the data states them."""
    whole: bool = True
    """Whether no list of it is missing."""
    complete: bool = True
    """Whether, besides, none of its entries is faulty."""

    @property
    def unreadable(self) -> list[str]:
        """Why files cannot be read, one text for each."""
        return [fact.problem for fact in self.facts if fact.problem]


def sides(test: Part) -> list[set[int]]:
    """Return the identities on both sides of a search.

    Args:
        test: test images whose identities are known.

    Returns:
        Those of queries and gallery, or, where roles are not given, of visible and of infrared
        images.
    """
    assert test.truth is not None
    if test.roles is not None:
        first, second = (
            np.array([role in (side, "both") for role in test.roles], dtype=bool)
            for side in ("query", "gallery")
        )
    else:
        second = test.images.modality == Modality.INFRARED
        first = ~second
    return [set(test.truth.identities[side].tolist()) for side in (first, second)]


def alone(part: Part) -> list[int]:
    """Return the identities without a partner in the other modality.

    Args:
        part: training or test images.

    Returns:
        Identities seen in one modality only; none where identities are unknown, or not all
        lists are there and all their entries sound.
    """
    if part.truth is None or not part.complete:
        return []
    both = [part.truth.identities[part.images.modality == kind].tolist() for kind in Modality]
    return sorted(set(both[0]) ^ set(both[1]))
