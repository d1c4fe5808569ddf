"""Values of the host on their way to a device, without waiting for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor

ALIGNED = 16
"""Bytes between the starts of arrays in one block, a multiple of the size of any number."""


def sent(values: Tensor, device: torch.device | str) -> Tensor:
    """Return a host tensor on a device.

    A GPU fetches it out of page-locked memory in its own time, so that nobody waits.

    Args:
        values: on the CPU.
        device: where they shall be.

    Returns:
        The values there; themselves where that is the CPU.
    """
    if torch.device(device).type != "cuda":
        return values.to(device)
    return values.contiguous().pin_memory().to(device, non_blocking=True)


@dataclass(frozen=True)
class Parcel:
    """Arrays by name, packed into one block of memory where they go to a GPU."""

    arrays: Mapping[str, Tensor]
    """The arrays of the host; those in the block are views of it."""
    block: Tensor | None = None
    """[bytes] uint8 in page-locked memory."""
    starts: Mapping[str, int] | None = None
    """Where each array begins in the block, in bytes."""

    def unpacked(self, device: torch.device | str) -> dict[str, Tensor]:
        """Return the arrays on the device, by one copy that nobody waits for.

        Args:
            device: where they shall be.

        Returns:
            The arrays by name, views of one block; themselves where they were not packed.
        """
        if self.block is None or self.starts is None:
            return {name: value.to(device) for name, value in self.arrays.items()}
        there = self.block.to(device, non_blocking=True)
        return {name: _view(there, self.starts[name], value) for name, value in self.arrays.items()}


def packed(arrays: Mapping[str, Tensor], *, pin: bool) -> Parcel:
    """Pack arrays for a device.

    Args:
        arrays: on the CPU, by name.
        pin: copy them into one page-locked block, from where a GPU fetches them.

    Returns:
        The parcel; without ``pin`` it holds the arrays themselves.
    """
    if not pin:
        return Parcel(arrays)
    starts, size = {}, 0
    for name, value in arrays.items():
        starts[name] = size
        size += -(-value.numel() * value.element_size() // ALIGNED) * ALIGNED
    block = torch.empty(size, dtype=torch.uint8, pin_memory=True)
    views = {name: _view(block, starts[name], value) for name, value in arrays.items()}
    for name, value in arrays.items():
        views[name].copy_(value)
    return Parcel(views, block, starts)


def _view(block: Tensor, start: int, like: Tensor) -> Tensor:
    """Return the part of a block that holds an array of this type and shape."""
    size = prod(like.shape) * like.element_size()
    return block[start : start + size].view(like.dtype).view(like.shape)


def brought(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return copies of tensors on the host; those of a GPU come in one block of each type.

    Args:
        tensors: by name, anywhere.

    Returns:
        Copies on the CPU, contiguous, that nothing else changes.
    """
    found = {name: value.detach() for name, value in tensors.items()}
    kinds = {(v.device, v.dtype) for v in found.values() if v.device.type != "cpu"}
    copies: dict[str, Tensor] = {}
    for kind in kinds:
        names = [name for name, v in found.items() if (v.device, v.dtype) == kind]
        block = torch.cat([found[name].reshape(-1) for name in names]).cpu()
        pieces = torch.split(block, [found[name].numel() for name in names])
        for name, piece in zip(names, pieces, strict=True):
            copies[name] = piece.view(found[name].shape).clone()
    return {
        name: copies[name] if name in copies else value.contiguous().clone()
        for name, value in found.items()
    }
