"""A network whose batches and images several processes share."""

from dataclasses import replace
from functools import partial
from inspect import signature
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor
from torch.nn.parallel import DistributedDataParallel

from vireid.errors import DegenerateClusters
from vireid.models import CrossModalNetwork, Output, Pooling, dealt, folded, whole_output
from vireid.models.extract import batches_of, embeddings_of, extract, frozen_part, passed
from vireid.models.passing import TRIED, Passing
from vireid.models.sending import sent
from vireid.parallel.agreement import on_first
from vireid.parallel.gather import gathered
from vireid.parallel.lost import exchange
from vireid.parallel.own_share import share
from vireid.precision import multiplying
from vireid.types import Embeddings, Int, Tell


class SharedForward:
    """Embeds a batch like the network itself, each process a share of it.

    Every process is given its share of the batch and gets the whole output, so that all of them
    compute the same loss and move their memories alike. The neck always sees the whole batch. The
    gradients of the shared layers are averaged by DistributedDataParallel, which with the
    gradient of ``gathered`` gives those of one process. Buffers are not broadcast at every step:
    synchronised norms keep them alike, and ``shared_extract`` hands those of the first process
    out where each has its own. Gradients lie in the memory that they are averaged in. Nothing is
    copied to the device by it: pixels lie there, and modalities stay on the host.

    Args:
        network: the same on every process; gets gradients.
        pooling: how it is pooled; as the network itself does where not given.
    """

    def __init__(self, network: CrossModalNetwork, pooling: Pooling | None = None) -> None:
        self.network = network
        self.parts = 1 if pooling is None else pooling.parts
        network.neck.requires_grad_(False)  # its gradient is whole everywhere: nothing to share
        names = signature(DistributedDataParallel).parameters
        buffers = "forward_sync_buffers" if "forward_sync_buffers" in names else "broadcast_buffers"
        self.shared = DistributedDataParallel(
            pooling or Pooling(network),
            gradient_as_bucket_view=True,
            **{buffers: False},  # type: ignore[arg-type]
        )
        network.neck.requires_grad_(True)

    def share(self, modality: Int) -> Int:
        """Return the rows of a batch that this process passes through, of each modality its share.

        Args:
            modality: [B] 0 visible, 1 infrared.

        Returns:
            [b] rows, visible ones first.

        Raises:
            DegenerateClusters: the batch has fewer images of a modality than there are processes,
                or parts of them, of which each has to normalise both modalities.
        """
        rank, processes = share()
        fewest, parts = int(np.bincount(modality, minlength=2).min()), self.parts
        if fewest // processes < parts:
            shared = f"{processes} processes" + (f" in {parts} parts each" if parts > 1 else "")
            raise DegenerateClusters(
                f"a batch with {fewest} images of one modality for {shared}; "
                "expected one for each: raise batch_labels or batch_images, or use fewer processes"
            )
        return dealt(torch.from_numpy(modality), processes)[rank].numpy()

    def __call__(self, pixels: Tensor, modality: Tensor) -> Output:
        """Embed a batch.

        Args:
            pixels: [b, 3, height, width] normalised, those of this process's ``share``.
            modality: [B] 0 visible, 1 infrared, the same on every process; on the CPU.

        Returns:
            Pooled features and unit embeddings [B, D] of the whole batch.
        """
        rank, processes = share()
        hands = dealt(modality, processes)
        pooled = gathered(self.shared(pixels, modality[hands[rank]]), [len(rows) for rows in hands])
        back = sent(torch.argsort(torch.cat(hands)), pooled.device)
        return whole_output(self.network, pooled[back], modality)


def shared_extract(
    network: CrossModalNetwork,
    pixels: Any,
    modality: Int,
    *,
    with_features: bool = False,
    how: Passing | None = None,
    progress: Tell | None = None,
) -> Embeddings:
    """Embed N images like ``extract``, each process every n-th batch of them.

    Args:
        network: the same on every process; its buffers become those of the first one.
        pixels: [N, H, W, 3] uint8.
        modality: [N] 0 visible, 1 infrared.
        with_features: also keep the features before the neck.
        how: batch, precision, and what the frozen base made of this process's images.
        progress: called with the images done and N.

    Returns:
        Embeddings [N, D] of all images on every process, bit-equal to those of one process.

    Raises:
        DataError: an embedding is not finite.
    """
    how, part = how or Passing(), share()
    if part[1] == 1:
        return extract(
            network, pixels, modality, with_features=with_features, how=how, progress=progress
        )
    with exchange():
        for buffer in network.buffers():
            dist.broadcast(buffer, 0)
    how = replace(how, part=part, fold=on_first(partial(can_fold, network, pixels, modality)))
    own = passed(network, pixels, modality, with_features=with_features, how=how, progress=progress)
    rows = [batches_of((i, part[1]), len(modality), how.batch) for i in range(part[1])]
    sizes = [len(one) for one in rows]
    back = torch.from_numpy(np.argsort(np.concatenate(rows))).to(network.mean.device)
    vectors, features = (None if one is None else gathered(one, sizes)[back] for one in own)
    assert vectors is not None
    return embeddings_of(vectors, modality, features)


def can_fold(network: CrossModalNetwork, pixels: Any, modality: Int) -> bool:
    """Tell whether a network embeds the same with folded norms, by its first images.

    Args:
        network: its mode is restored afterwards.
        pixels: [N, H, W, 3] uint8.
        modality: [N] 0 visible, 1 infrared.

    Returns:
        True if its norms may be folded.
    """
    training, some = network.training, slice(0, TRIED)
    network.eval()
    with torch.inference_mode(), multiplying("ieee", network.mean.device):
        maps = frozen_part(network, pixels, some)
        found = folded(network, maps, torch.from_numpy(np.array(modality[some])))
    network.train(training)
    return found is not network
