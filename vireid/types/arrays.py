"""Arrays as the values hold them: checked, copied, frozen."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from vireid.errors import DataError

Int = NDArray[np.int64]
Float = NDArray[np.float32]
Bool = NDArray[np.bool_]

NOISE = -1
"""The label of a sample that belongs to no cluster."""


class Modality(IntEnum):
    """What kind of light a camera records."""

    VISIBLE = 0
    INFRARED = 1


SYSU_CAMERAS = {
    1: Modality.VISIBLE,
    2: Modality.VISIBLE,
    3: Modality.INFRARED,
    4: Modality.VISIBLE,
    5: Modality.VISIBLE,
    6: Modality.INFRARED,
}
"""What each camera of SYSU-MM01 records; 1, 2 and 3 stand indoors, the others outdoors."""


def vector(name: str, values: object, length: int | None = None) -> Int:
    """Copy whole numbers into an array that cannot be written to.

    Args:
        name: what messages call them.
        values: N numbers, or anything that NumPy makes an array of.
        length: N, where it is known.

    Returns:
        [N] int64, read-only.

    Raises:
        DataError: the values have another shape or are no whole numbers.
    """
    array = np.asarray(values)
    if array.ndim != 1 or (length is not None and len(array) != length):
        expected = "one dimension" if length is None else f"shape ({length},)"
        raise DataError(f"{name} has shape {array.shape}; expected {expected}")
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise DataError(f"{name} has type {array.dtype}; expected whole numbers")
    copy = array.astype(np.int64)
    copy.setflags(write=False)
    return copy


def check_modality(modality: Int) -> None:
    """Check that modalities are known ones.

    Args:
        modality: [N] whole numbers.

    Raises:
        DataError: one is neither 0 nor 1.
    """
    unknown = np.setdiff1d(modality, (Modality.VISIBLE, Modality.INFRARED))
    if unknown.size:
        raise DataError(f"modality holds {unknown[0]}; expected 0 (visible) or 1 (infrared)")


def sides(modality: Int) -> str:
    """Count the images of each modality in words.

    Args:
        modality: [N] 0 visible, 1 infrared.

    Returns:
        The words that values show themselves by.

    >>> sides(np.array([0, 1, 0]))
    '2 visible and 1 infrared images'
    """
    infrared = int(np.count_nonzero(modality))
    return f"{len(modality) - infrared:,} visible and {infrared:,} infrared images"
