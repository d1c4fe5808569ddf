"""The cost of pairs of clusters by their centres alone."""

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import directions
from vireid.errors import DataError

Array = NDArray[np.float64]


def centre_cost(visible: NDArray[np.floating], infrared: NDArray[np.floating]) -> Array:
    """Compare each visible with each infrared cluster by the angle between their centres.

    The cost of a pair is 1 / exp(cosine), in double precision.

    Source: Wu and Ye, Unsupervised Visible-Infrared Person Re-Identification via Progressive Graph
    Matching, CVPR 2023; N-ULC, PCLHD and RPNR have the same.

    Args:
        visible: [Cv, D] centres of any length but 0; not modified.
        infrared: [Cr, D] likewise.

    Returns:
        [Cv, Cr] in [1/e, e].

    Raises:
        DataError: centres that are not finite, are zero, or are of different models.

    >>> centre_cost(np.array([[2.0, 0.0]]), np.array([[0.0, 1.0], [3.0, 0.0]])).round(3).tolist()
    [[1.0, 0.368]]
    """
    one, other = (directions(centres, "centre") for centres in (visible, infrared))
    if one.shape[1] != other.shape[1]:
        raise DataError(
            f"visible centres have {one.shape[1]} dimensions, infrared {other.shape[1]}; "
            "expected the same model's embeddings"
        )
    return np.exp(-(one @ other.T))
