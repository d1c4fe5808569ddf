"""Which images are clustered together, where a share of the visible ones is kept apart."""

from collections.abc import Iterator, Sequence

import numpy as np

from vireid.types import Int, Modality


def first_share(order: Int, share: float) -> tuple[Int, Int]:
    """Split images in a random order in two.

    Args:
        order: [M] a permutation of the images 0..M-1.
        share: of the images that come first, in (0, 1].

    Returns:
        The first int(M share) of them, and all others, both in the order of the permutation.

    >>> first, others = first_share(np.array([3, 0, 4, 2, 1]), 0.5)
    >>> first.tolist(), others.tolist()
    ([3, 0], [4, 2, 1])
    """
    count = int(len(order) * share)
    return order[:count], order[count:]


def clustered_together(
    modality: Int, names: Sequence[str], share: float, generator: np.random.Generator
) -> Iterator[tuple[Int, list[str]]]:
    """Say which images are clustered together, and in which label spaces.

    Args:
        modality: [N] 0 visible, 1 infrared.
        names: of visible, infrared and mixed, what is wanted.
        share: of the visible images that ``visible`` is over, drawn at random; ``mixed`` is over
            the others and all infrared images. At 1, and where ``mixed`` is not wanted, nothing is
            drawn, and all are over all.
        generator: source of the draw.

    Yields:
        Images [M], and the label spaces that are over them alone.
    """
    if share == 1 or "mixed" not in names:
        yield np.arange(len(modality)), list(names)
        return
    visible = np.flatnonzero(modality == Modality.VISIBLE)
    drawn, others = first_share(generator.permutation(len(visible)), share)
    if "visible" in names:
        yield visible[drawn], ["visible"]
    rest = [name for name in names if name != "visible"]
    if rest:
        infrared = np.flatnonzero(modality == Modality.INFRARED)
        yield np.sort(np.concatenate([visible[others], infrared])), rest
