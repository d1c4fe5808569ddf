"""Draw each feature to the centre of its label within its own modality."""

from typing import Literal

from torch import Tensor

from vireid.errors import ConfigError


def intra(
    features: Tensor,
    labels: Tensor,
    centres: Tensor,
    norm: Literal["squared_l2", "l1"] = "squared_l2",
) -> Tensor:
    """Return the distance of each feature to the centre of its label, averaged over D.

    Source: the MMM paper's intra-modality alignment, with a mean over D in place of the sum so
    that the weight does not depend on the size of the feature; ``l1`` as in its released code.

    Args:
        features: [B, D] pooled features of one modality.
        labels: [B] int64 labels 0..C-1; noise (-1) must be left out before.
        centres: [C, D] centres of the labels in that modality; takes no gradient.
        norm: ``"squared_l2"`` or ``"l1"``.

    Returns:
        [B], not negative.

    Raises:
        ConfigError: the norm is another word.
    """
    difference = features - centres.detach()[labels]
    if norm == "squared_l2":
        return difference.square().mean(1)
    if norm == "l1":
        return difference.abs().mean(1)
    raise ConfigError(f"norm is {norm!r}; expected 'squared_l2' or 'l1'")
