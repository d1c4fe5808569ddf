"""Model + images -> embeddings: evaluation mode, every image once, order kept."""

from collections.abc import Callable

import numpy as np
import torch

from vireid.errors import DataError
from vireid.models import CrossModalNetwork
from vireid.types import Embeddings, Int


def extract(
    network: CrossModalNetwork,
    pixels: np.ndarray,
    modality: Int,
    *,
    batch: int = 32,
    with_features: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Embeddings:
    """Embed N images.

    Args:
        network: the network; its mode is restored afterwards.
        pixels: [N, H, W, 3] uint8, or any array that gives such blocks for a slice.
        modality: [N] 0 visible, 1 infrared.
        batch: images in one pass.
        with_features: also keep the features before the neck.
        progress: called with the images done and N.

    Returns:
        Embeddings [N, D] on the CPU, in the order of the images.

    Raises:
        DataError: an embedding is not finite.
    """
    device = next(network.parameters()).device
    training = network.training
    network.eval()
    vectors, features = [], []
    with torch.inference_mode():
        for start in range(0, len(modality), batch):
            block = torch.from_numpy(np.array(pixels[start : start + batch]))
            images = network.normalise(block.to(device).permute(0, 3, 1, 2))
            side = torch.tensor(modality[start : start + batch], device=device)
            output = network(images, side)
            vectors.append(output.embedding.float().cpu())
            if with_features:
                features.append(output.pooled.float().cpu())
            if progress:
                progress(min(start + batch, len(modality)), len(modality))
    network.train(training)
    width = network.embedding_size
    rows = torch.cat(vectors).numpy() if vectors else np.empty((0, width), dtype=np.float32)
    if not np.isfinite(rows).all():
        raise DataError(
            "the network's embeddings are not finite, its weights have diverged; "
            "train anew with a lower learning_rate"
        )
    return Embeddings(
        rows,
        modality,
        torch.cat(features).numpy() if features else None,
    )
