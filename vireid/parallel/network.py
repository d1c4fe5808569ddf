"""A network whose batches and images several processes share."""

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor
from torch.nn.parallel import DistributedDataParallel

from vireid.errors import DegenerateClusters
from vireid.models import CrossModalNetwork, Output, Pooling, dealt, whole_output
from vireid.models.extract import KeptMaps, batches_of, extract
from vireid.parallel.gather import gathered
from vireid.parallel.lost import exchange
from vireid.parallel.process import share
from vireid.types import Embeddings, Int, Tell


class SharedForward:
    """Embeds a batch like the network itself, each process a share of it.

    Every process is given the whole batch and gets the whole output, so that all of them compute
    the same loss and move their memories alike. The neck always sees the whole batch. The
    gradients of the shared layers are averaged by DistributedDataParallel, which with the
    gradient of ``gathered`` gives those of one process. Buffers are not broadcast at every step:
    synchronised norms keep them alike, and ``shared_extract`` hands those of the first process
    out where each has its own. Gradients lie in the memory that they are averaged in. The graph
    is not declared static, as a step whose loss is skipped has no backward pass.

    Args:
        network: the same on every process; gets gradients.
        pooling: how it is pooled; as the network itself does where not given.
    """

    def __init__(self, network: CrossModalNetwork, pooling: Pooling | None = None) -> None:
        self.network = network
        network.neck.requires_grad_(False)  # its gradient is whole everywhere: nothing to share
        device = network.mean.device
        self.shared = DistributedDataParallel(
            pooling or Pooling(network),
            device_ids=[device] if device.type == "cuda" else None,
            broadcast_buffers=False,
            gradient_as_bucket_view=True,
        )
        network.neck.requires_grad_(True)

    def __call__(self, pixels: Tensor, modality: Tensor) -> Output:
        """Embed a batch.

        Args:
            pixels: [B, 3, height, width] normalised, the same on every process.
            modality: [B] 0 visible, 1 infrared.

        Returns:
            Pooled features and unit embeddings [B, D] of the whole batch.

        Raises:
            DegenerateClusters: the batch has fewer images of a modality than there are processes.
        """
        rank, processes = share()
        fewest = int(torch.bincount(modality, minlength=2).min())
        if fewest < processes:
            raise DegenerateClusters(
                f"a batch with {fewest} images of one modality for {processes} processes; "
                "expected one for each: raise batch_labels or batch_images, or use fewer processes"
            )
        hands = dealt(modality, processes)
        own = hands[rank]
        pooled = gathered(self.shared(pixels[own], modality[own]), [len(rows) for rows in hands])
        return whole_output(self.network, pooled[torch.argsort(torch.cat(hands))], modality)


def shared_extract(
    network: CrossModalNetwork,
    pixels: np.ndarray,
    modality: Int,
    *,
    batch: int = 64,
    with_features: bool = False,
    kept: KeptMaps | None = None,
    progress: Tell | None = None,
) -> Embeddings:
    """Embed N images like ``extract``, each process every n-th batch of them.

    Args:
        network: the same on every process; its buffers become those of the first one.
        pixels: [N, H, W, 3] uint8.
        modality: [N] 0 visible, 1 infrared.
        batch: images in one pass.
        with_features: also keep the features before the neck.
        kept: what the frozen base made of this process's images.
        progress: called with the images done and N.

    Returns:
        Embeddings [N, D] of all images on every process, bit-equal to those of one process.

    Raises:
        DataError: an embedding is not finite.
    """
    part = share()
    if part[1] > 1:
        with exchange():
            for buffer in network.buffers():
                dist.broadcast(buffer, 0)
    own = extract(
        network,
        pixels,
        modality,
        batch=batch,
        with_features=with_features,
        kept=kept,
        part=part,
        progress=progress,
    )
    if part[1] == 1:
        return own
    rows = [batches_of((i, part[1]), len(modality), batch) for i in range(part[1])]
    order = np.argsort(np.concatenate(rows))
    device = network.mean.device

    def whole(values: np.ndarray) -> np.ndarray:
        every = gathered(torch.tensor(values, device=device), [len(one) for one in rows])
        return every.cpu().numpy()[order]

    features = None if own.features is None else whole(own.features)
    return Embeddings(whole(own.vectors), modality, features)
