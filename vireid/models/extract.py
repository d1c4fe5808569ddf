"""Model + images -> embeddings: evaluation mode, every image once, order kept."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vireid.errors import DataError
from vireid.models import CrossModalNetwork, folded
from vireid.models.folding import folded_copy
from vireid.models.mirrored import averaged_rows
from vireid.models.passing import BATCH, TRIED, KeptFold, Passing
from vireid.models.sending import sent
from vireid.precision import Float32, multiplying
from vireid.types import Embeddings, Int, Tell


def extract(
    network: CrossModalNetwork,
    pixels: Any,
    modality: Int,
    *,
    with_features: bool = False,
    how: Passing | None = None,
    progress: Tell | None = None,
) -> Embeddings:
    """Embed N images.

    Args:
        network: the network; its mode is restored afterwards.
        pixels: [N, H, W, 3] uint8, or any array that gives such blocks for a slice.
        modality: [N] 0 visible, 1 infrared.
        with_features: also keep the features before the neck.
        how: batch, precision, and which part of the images.
        progress: called with the images done and N.

    Returns:
        Embeddings [N, D] on the CPU, in the order of the images; those of the part only. Those
        made by a GPU stay there too, as ``resident``.

    Raises:
        DataError: an embedding is not finite.
    """
    how = how or Passing()
    vectors, features = passed(
        network, pixels, modality, with_features=with_features, how=how, progress=progress
    )
    own = modality[batches_of(how.part, len(modality), how.batch)]
    return embeddings_of(vectors, own, features)


def embeddings_of(vectors: Tensor, modality: Int, features: Tensor | None) -> Embeddings:
    """Bring embeddings to the host; those of a GPU stay there too.

    Args:
        vectors: [N, D] where they were made.
        modality: [N] 0 visible, 1 infrared.
        features: [N, D] likewise, where they are asked for.

    Returns:
        The embeddings.

    Raises:
        DataError: one is not finite.
    """
    found = vectors.cpu().numpy()
    if not np.isfinite(found).all():
        raise DataError(
            "the network's embeddings are not finite, its weights have diverged; "
            "train anew with a lower learning_rate"
        )
    rows = None if features is None else features.cpu().numpy()
    return Embeddings(found, modality, rows, resident=vectors if vectors.is_cuda else None)


def passed(
    network: CrossModalNetwork,
    pixels: Any,
    modality: Int,
    *,
    with_features: bool,
    how: Passing,
    progress: Tell | None = None,
) -> tuple[Tensor, Tensor | None]:
    """Pass images through a network, without a look at what comes out.

    Args:
        network: the network; its mode is restored afterwards.
        pixels: [N, H, W, 3] uint8, or any array that gives such blocks for a slice.
        modality: [N] 0 visible, 1 infrared.
        with_features: also keep the features before the neck.
        how: batch, precision, and which part of the images.
        progress: called with the images done and N.

    Returns:
        Vectors and features [M, D] of the M images of the part, on the network's device.
    """
    if training := network.training:  # a walk through all layers: a third of a small image's time
        network.eval()
    vectors, features, fast, device = [], [], None, network.mean.device
    with torch.inference_mode():
        for start in range(0, len(modality), how.batch)[how.part[0] :: how.part[1]]:
            rows = slice(start, start + how.batch)
            compute = partial(frozen_part, network, pixels, rows, how)
            maps = compute() if how.kept is None else how.kept.get(start, compute)
            sides = torch.from_numpy(np.array(modality[rows]))
            fast = fast or _folded(network, maps, sides, how.fold)
            with _computing(how, device):
                output = fast.forward_maps(maps, sides)
            vectors.append(output.embedding.float())
            if with_features:
                features.append(output.pooled.float())
            if progress:
                progress(min(start + how.batch, len(modality)), len(modality))
    if training:
        network.train()
    none = torch.empty(0, network.embedding_size, device=device)
    return torch.cat([none, *vectors]), torch.cat([none, *features]) if with_features else None


def extract_with_mirror(
    network: CrossModalNetwork,
    pixels: Any,
    modality: Int,
    *,
    how: Passing | None = None,
    progress: Tell | None = None,
) -> Embeddings:
    """Embed N images and their mirror images, and average the two.

    Args:
        network: the network; its mode is restored afterwards.
        pixels: [N, H, W, 3] uint8.
        modality: [N] 0 visible, 1 infrared.
        how: batch and precision.
        progress: called with the passes done and 2 N.

    Returns:
        Embeddings [N, D]: the sum of both, brought to unit length.

    Raises:
        DataError: an embedding is not finite.
    """
    return extract_both(network, pixels, modality, how=how, progress=progress)[1]


def extract_both(
    network: CrossModalNetwork,
    pixels: Any,
    modality: Int,
    *,
    how: Passing | None = None,
    progress: Tell | None = None,
) -> tuple[Embeddings, Embeddings]:
    """Embed N images without and with their mirror images.

    Args:
        network: the network; its mode is restored afterwards.
        pixels: [N, H, W, 3] uint8.
        modality: [N] 0 visible, 1 infrared.
        how: batch and precision.
        progress: called with the passes done and 2 N.

    Returns:
        What ``extract`` and what ``extract_with_mirror`` give.

    Raises:
        DataError: an embedding is not finite.
    """
    count = len(modality)

    def watched(before: int) -> Tell:
        return lambda done, _: progress(before + done, 2 * count) if progress else None

    how = replace(how or Passing(), kept=None, resident=None)  # these know one of the two only
    plain = extract(network, pixels, modality, how=how, progress=watched(0))
    mirror = extract(network, pixels[:, :, ::-1], modality, how=how, progress=watched(count))
    return plain, averaged_rows(plain, mirror)


def batches_of(part: tuple[int, int], count: int, batch: int = BATCH) -> Int:
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


def frozen_part(
    network: CrossModalNetwork, pixels: Any, rows: slice, how: Passing | None = None
) -> Tensor:
    """Pass some images through the frozen base.

    Args:
        network: in evaluation mode.
        pixels: [N, H, W, 3] uint8.
        rows: which of them.
        how: precision, and where the pixels lie.

    Returns:
        [B, channels, h, w].
    """
    how, device = how or Passing(), network.mean.device
    if how.resident is not None:
        block = how.resident[rows]
    else:
        block = sent(torch.from_numpy(np.array(pixels[rows])), device)
    with _computing(how, device):
        return network.frozen_maps(network.normalise(block.permute(0, 3, 1, 2)))


def _folded(
    network: CrossModalNetwork, maps: Tensor, sides: Tensor, fold: bool | KeptFold | None
) -> CrossModalNetwork:
    """Return the network with folded norms, where that is wanted or found to embed the same."""
    if isinstance(fold, KeptFold):
        return fold.get(network, partial(_folded, network, maps, sides, None))
    if fold is not None:
        return folded_copy(network) if fold else network
    with multiplying("ieee", maps.device):
        return folded(network, maps[:TRIED].to(network.mean.dtype), sides[:TRIED])


@contextmanager
def _computing(how: Passing, device: torch.device) -> Iterator[None]:
    """Compute in the precision that is asked for."""
    half = how.precision == "bf16"
    products: Float32 = "tf32" if how.precision == "tf32" else "ieee"
    with (
        multiplying(products, device),
        torch.autocast(device.type, torch.bfloat16) if half else nullcontext(),
    ):
        yield
