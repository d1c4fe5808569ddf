"""Copies between host and GPU: who waits for them, and what is seen while they are on their way."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from tests.pretended.record import Record, line
from tests.pretended.tensor import PretendedTensor


@dataclass
class Moving:
    """A copy that nobody waited for yet."""

    target: Tensor | None
    """Memory of the host that is to be filled; None for a copy to the GPU."""
    values: Tensor
    """What it is to be filled with, or what was sent."""
    source: Tensor | None
    """Memory of the host that is sent."""
    line: str
    """Who copies."""


@dataclass
class Transfers:
    """Memory that is pinned, and copies that nobody waited for yet."""

    record: Record
    pinned: list[tuple[int, int, Tensor]] = field(default_factory=list)
    """First byte, the byte behind the last, and the tensor, which is kept so that its memory is
    not given to another one."""
    moving: dict[int, Moving] = field(default_factory=dict)
    """Copies on their way, by number."""
    number: int = 0
    """Copies so far that were not waited for at once."""

    def pin(self, tensor: Tensor) -> Tensor:
        """Call a tensor's memory pinned; return the tensor."""
        storage = tensor.untyped_storage()
        start = storage.data_ptr()
        self.pinned.append((start, start + storage.nbytes(), tensor))
        return tensor

    def is_pinned(self, tensor: Tensor) -> bool:
        """Tell whether a tensor's memory is pinned."""
        place = tensor.data_ptr()
        return any(start <= place < stop for start, stop, _ in self.pinned)

    def send(self, source: Tensor, target: Tensor, non_blocking: bool) -> None:
        """Copy from the host into memory of the GPU, which has its size."""
        self.record.send(source.numel() * source.element_size())
        if non_blocking and self.is_pinned(source) and is_dense(source):
            self._leave(Moving(None, source.clone(), source, line()))
        elif source.numel():
            self.wait("copy of memory not pinned" if non_blocking else "copy to the GPU")
        target.copy_(source)

    def fetch(self, source: Tensor, target: Tensor, non_blocking: bool) -> None:
        """Copy from the GPU into memory of the host; it is spoiled until somebody waits."""
        if not non_blocking or not self.is_pinned(target):
            if source.numel():
                self.wait("copy to the host")
            target.copy_(source)
            return
        values = torch.empty_like(target).copy_(source)
        target.fill_(SPOILED if target.is_floating_point() else _largest(target.dtype))
        self._leave(Moving(target, values, None, line()))

    def wait(self, reason: str) -> None:
        """Count a wait, after which all copies have arrived."""
        self.record.wait(reason)
        self.arrive(self.number)

    def arrive(self, number: int) -> None:
        """Let the copies up to a number arrive."""
        for key in [key for key in self.moving if key <= number]:
            copy = self.moving.pop(key)
            if copy.target is not None:
                copy.target.copy_(copy.values)
            elif not torch.equal(_bits(copy.source), _bits(copy.values)):
                self.record.race(copy.line)

    def _leave(self, copy: Moving) -> None:
        self.number += 1
        self.moving[self.number] = copy


SPOILED = float("nan")


def _largest(dtype: torch.dtype) -> int | bool:
    """Return what whole numbers look like that have not arrived yet."""
    return True if dtype == torch.bool else torch.iinfo(dtype).max


def _bits(tensor: Tensor) -> Tensor:
    return tensor.detach().reshape(-1).view(torch.uint8)


def is_dense(tensor: Tensor) -> bool:
    """Tell whether the elements lie side by side; torch copies others into pageable memory."""
    expected = 1
    for stride, size in sorted(zip(tensor.stride(), tensor.shape, strict=True)):
        if size != 1 and stride != expected:
            return False
        expected *= size
    return True


class Sent(torch.autograd.Function):
    """To the GPU; the gradient goes back."""

    @staticmethod
    def forward(context, source, transfers, dtype, non_blocking, memory_format):
        target = torch.empty_like(source, dtype=dtype, memory_format=memory_format)
        transfers.send(source, target, non_blocking)
        context.transfers, context.dtype = transfers, source.dtype
        return PretendedTensor(target)

    @staticmethod
    def backward(context, gradient):
        context.transfers.wait("copy to the host")
        return gradient.inside.to(context.dtype, copy=True), None, None, None, None


class Fetched(torch.autograd.Function):
    """To the host; the gradient goes back."""

    @staticmethod
    def forward(context, source, transfers, dtype, non_blocking, memory_format):
        target = torch.empty_like(source.inside, dtype=dtype, memory_format=memory_format)
        if non_blocking:  # torch then allocates pinned memory
            transfers.pin(target)
        transfers.fetch(source.inside, target, non_blocking)
        context.transfers, context.dtype = transfers, source.dtype
        return target

    @staticmethod
    def backward(context, gradient):
        return PretendedTensor(gradient.to(context.dtype, copy=True)), None, None, None, None
