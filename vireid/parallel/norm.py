"""Batch normalisation by the statistics of all processes together."""

from typing import Any

import torch
import torch.distributed as dist
from timm.layers.norm_act import convert_sync_batchnorm
from torch import Tensor, nn
from torch.autograd import Function

from vireid.parallel.lost import exchange
from vireid.parallel.own_share import share


class SynchronisedNorm(nn.Module):
    """A batch normalisation whose mean and variance are those of all processes' rows.

    What one process would compute on the whole batch, within rounding, also where processes hold
    different numbers of rows. For CPUs, where torch's own SyncBatchNorm does not run.

    Args:
        norm: the layer it stands in for; its parameters, buffers and, in timm's layers, what
            follows the normalisation (``drop``, ``act``) are taken over under the same names.
    """

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor

    def __init__(self, norm: nn.BatchNorm2d) -> None:
        super().__init__()
        self.eps = norm.eps
        self.momentum = 0.1 if norm.momentum is None else norm.momentum
        self.weight, self.bias = norm.weight, norm.bias
        for name, buffer in norm.named_buffers(recurse=False):
            self.register_buffer(name, buffer)
        for name, child in norm.named_children():
            self.add_module(name, child)
        self.train(norm.training)

    def forward(self, maps: Tensor) -> Tensor:
        """Normalise feature maps.

        Args:
            maps: [B, C, H, W].

        Returns:
            [B, C, H, W].
        """
        half = maps.dtype in {torch.float16, torch.bfloat16}
        exact = maps.float() if half else maps
        if self.training:
            mean, variance = self._statistics(exact)
        else:
            mean, variance = self.running_mean, self.running_var
        scale = self.weight * (variance + self.eps).rsqrt()
        if half:  # rounded once: a mean far from zero would cost most digits of what is left
            exact = (exact - mean[:, None, None]) * scale[:, None, None]
            result = (exact + self.bias[:, None, None]).to(maps.dtype)
        else:
            result = maps * scale.to(maps)[:, None, None]
            result = result + (self.bias - mean * scale).to(maps)[:, None, None]
        for child in self.children():
            result = child(result)
        return result

    def _statistics(self, exact: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and biased variance [C] of all processes' maps; update the running ones."""
        count = exact.new_tensor([float(exact[:, 0].numel())])
        sums = _summed(torch.cat([exact.sum(dim=(0, 2, 3)), count]))
        total = sums[-1].detach()
        mean = sums[:-1] / total
        centred = (exact - mean[:, None, None]).square().sum(dim=(0, 2, 3))
        variance = _summed(centred) / total
        with torch.no_grad():
            unbiased = variance * total / (total - 1).clamp_min(1)
            self.running_mean.lerp_(mean.to(self.running_mean), self.momentum)
            self.running_var.lerp_(unbiased.to(self.running_var), self.momentum)
            self.num_batches_tracked.add_(1)
        return mean, variance


class _Sum(Function):
    """Sums over all processes, and so does its gradient."""

    @staticmethod
    def forward(_: Any, values: Tensor) -> Tensor:
        total = values.clone()
        with exchange():
            dist.all_reduce(total)
        return total

    @staticmethod
    def backward(_: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].clone()
        with exchange():
            dist.all_reduce(total)
        return total


def _summed(values: Tensor) -> Tensor:
    """Return the sum over all processes, with its gradient."""
    if share()[1] == 1:
        return values
    result: Tensor = _Sum.apply(values)
    return result


def synchronised(norm: nn.BatchNorm2d, device: str) -> nn.Module:
    """Return a layer that stands in for a batch normalisation, by statistics of all processes.

    Args:
        norm: its parameters and buffers, and what follows it in timm's layers, are taken over.
        device: cuda takes torch's own layer, with kernels made for this; others take ours.

    Returns:
        The layer, whose parameters and buffers have the same names.
    """
    if device != "cuda":
        return SynchronisedNorm(norm)
    layer: nn.Module = convert_sync_batchnorm(norm)  # type: ignore[no-untyped-call]
    return layer


def synchronise_norms(network: nn.Module) -> None:
    """Replace every batch normalisation of feature maps that is trained by a synchronised one.

    Args:
        network: on its device, which decides how; changed in place; names of its parameters and
            buffers stay.
    """
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            trained = isinstance(child, nn.BatchNorm2d) and child.weight.requires_grad
            if trained and isinstance(child, nn.BatchNorm2d):
                setattr(module, name, synchronised(child, child.weight.device.type))
