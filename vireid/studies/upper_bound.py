"""The supervised upper bound: the same training with true identities in place of clusters."""

from collections.abc import Sequence

import numpy as np

from vireid.config import LabellingConfig, LabelSpace
from vireid.labelling import OWN, Labelling
from vireid.training import Labeller
from vireid.types import NOISE, Embeddings, PseudoLabels, Truth


def truth_labeller(truth: Truth) -> Labeller:
    """Return a labeller that answers with true identities, whatever the embeddings.

    Nothing trained with it is unsupervised; it only tells what the same network, losses and
    budget could reach.

    Args:
        truth: identities of the N training images.

    Returns:
        A function called like ``labelling.label_spaces``.
    """

    def label(
        embeddings: Embeddings,
        spaces: Sequence[LabelSpace],
        config: LabellingConfig,  # noqa: ARG001 - nothing is clustered
        *,
        temperature: float,  # noqa: ARG001
        generator: np.random.Generator,  # noqa: ARG001
    ) -> Labelling:
        found: dict[str, PseudoLabels] = {}
        for name in spaces:
            inside = embeddings.modality == OWN[name] if name in OWN else slice(None)
            labels = np.full(len(truth), NOISE, dtype=np.int64)
            labels[inside] = np.unique(truth.identities[inside], return_inverse=True)[1]
            found[name] = PseudoLabels(labels)
        return Labelling(found)

    return label
