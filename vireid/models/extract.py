"""Model + images -> embeddings: evaluation mode, every image once, order kept."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor

from vireid.errors import DataError
from vireid.models import CrossModalNetwork, folded
from vireid.types import Embeddings, Int, Tell


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
    batch: int = 64,
    with_features: bool = False,
    kept: KeptMaps | None = None,
    part: tuple[int, int] = (0, 1),
    progress: Tell | None = None,
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
        part: (i, n) embeds every n-th batch from the i-th on: one part for each of n processes.
        progress: called with the images done and N.

    Returns:
        Embeddings [N, D] on the CPU, in the order of the images; those of the part only.

    Raises:
        DataError: an embedding is not finite.
    """
    device = next(network.parameters()).device
    training = network.training
    network.eval()
    vectors, features, fast = [], [], None
    with torch.inference_mode():
        for start in range(0, len(modality), batch)[part[0] :: part[1]]:
            rows = slice(start, start + batch)
            compute = partial(_frozen_maps, network, pixels, rows)
            maps = compute() if kept is None else kept.get(start, compute)
            sides = torch.tensor(modality[rows], device=device)
            fast = fast or folded(network, maps, sides)
            output = fast.forward_maps(maps, sides)
            vectors.append(output.embedding.float().cpu())
            if with_features:
                features.append(output.pooled.float().cpu())
            if progress:
                progress(min(start + batch, len(modality)), len(modality))
    network.train(training)
    none = torch.empty(0, network.embedding_size)
    found = torch.cat([none, *vectors]).numpy()
    if not np.isfinite(found).all():
        raise DataError(
            "the network's embeddings are not finite, its weights have diverged; "
            "train anew with a lower learning_rate"
        )
    return Embeddings(
        found,
        modality[batches_of(part, len(modality), batch)],
        torch.cat([none, *features]).numpy() if with_features else None,
    )


def extract_with_mirror(
    network: CrossModalNetwork,
    pixels: np.ndarray,
    modality: Int,
    *,
    batch: int = 64,
    progress: Tell | None = None,
) -> Embeddings:
    """Embed N images and their mirror images, and average the two.

    Args:
        network: the network; its mode is restored afterwards.
        pixels: [N, H, W, 3] uint8.
        modality: [N] 0 visible, 1 infrared.
        batch: images in one pass.
        progress: called with the passes done and 2 N.

    Returns:
        Embeddings [N, D]: the sum of both, brought to unit length.

    Raises:
        DataError: an embedding is not finite.
    """
    count = len(modality)

    def watched(before: int) -> Tell:
        return lambda done, _: progress(before + done, 2 * count) if progress else None

    plain = extract(network, pixels, modality, batch=batch, progress=watched(0))
    mirror = extract(network, pixels[:, :, ::-1], modality, batch=batch, progress=watched(count))
    vectors = plain.vectors + mirror.vectors
    return Embeddings(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), modality)


def batches_of(part: tuple[int, int], count: int, batch: int = 64) -> Int:
    """Return which images belong to a part.

    Args:
        part: (i, n).
        count: N images.
        batch: images in one pass.

    Returns:
        Their indices, ascending.

    >>> batches_of((1, 2), 10, batch=3).tolist()
    [3, 4, 5, 9]
    """
    every = np.arange(count)
    chosen: Int = every[every // batch % part[1] == part[0]]
    return chosen


def _frozen_maps(network: CrossModalNetwork, pixels: np.ndarray, part: slice) -> Tensor:
    block = torch.from_numpy(np.array(pixels[part])).to(network.mean.device)
    return network.frozen_maps(network.normalise(block.permute(0, 3, 1, 2)))
