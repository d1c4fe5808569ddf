"""What pairs of clusters cost by the centres of their images."""

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import centres
from vireid.matching import centre_cost
from vireid.types import Embeddings, PseudoLabels


def centre_costs(
    embeddings: Embeddings, visible: PseudoLabels, infrared: PseudoLabels
) -> NDArray[np.float64]:
    """Compare the plain centres of visible and infrared clusters, see ``matching.centre_cost``.

    Args:
        embeddings: of N images.
        visible: clusters of the visible images, noise elsewhere.
        infrared: clusters of the infrared images, noise elsewhere.

    Returns:
        [Cv, Cr].
    """
    one, other = (
        centres(embeddings.vectors, side.labels, resident=embeddings.resident)
        for side in (visible, infrared)
    )
    return centre_cost(one, other)
