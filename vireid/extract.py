"""Model + images -> embeddings: evaluation mode, every image once, order kept."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor

from vireid.errors import DataError
from vireid.models import CrossModalNetwork
from vireid.types import Embeddings, Int


class KeptMaps:
    """What the frozen base of a network makes of the same images, computed once.

    Args:
        limit: bytes to keep at most; batches beyond are computed anew every time.
    """

    def __init__(self, limit: int = 1 << 30) -> None:
        self.left = limit
        self._batches: dict[int, Tensor] = {}

    def get(self, start: int, compute: Callable[[], Tensor]) -> Tensor:
        """Return the maps of a batch.

        Args:
            start: the batch's first image.
            compute: makes the maps where they are not kept.

        Returns:
            [B, channels, h, w].
        """
        found = self._batches.get(start)
        if found is None:
            found = compute()
            size = found.numel() * found.element_size()
            if size <= self.left:
                self._batches[start] = found
                self.left -= size
        return found


def extract(
    network: CrossModalNetwork,
    pixels: np.ndarray,
    modality: Int,
    *,
    batch: int = 32,
    with_features: bool = False,
    kept: KeptMaps | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Embeddings:
    """Embed N images.

    Args:
        network: the network; its mode is restored afterwards.
        pixels: [N, H, W, 3] uint8, or any array that gives such blocks for a slice.
        modality: [N] 0 visible, 1 infrared.
        batch: images in one pass.
        with_features: also keep the features before the neck.
        kept: what the frozen base made of the same images in the same batches, to be used and
            filled; training that embeds its images every epoch saves most of the time with it.
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
            part = slice(start, start + batch)
            compute = partial(_frozen_maps, network, pixels, part)
            maps = compute() if kept is None else kept.get(start, compute)
            output = network.forward_maps(maps, torch.tensor(modality[part], device=device))
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


def _frozen_maps(network: CrossModalNetwork, pixels: np.ndarray, part: slice) -> Tensor:
    block = torch.from_numpy(np.array(pixels[part])).to(network.mean.device)
    return network.frozen_maps(network.normalise(block.permute(0, 3, 1, 2)))
