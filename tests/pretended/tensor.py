"""A tensor that says it lies on cuda:0."""

from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor
from torch.utils._pytree import tree_map

CUDA = torch.device("cuda:0")


class Compute(Protocol):
    """Computes an operation of torch."""

    def __call__(self, function: Any, args: tuple, kwargs: dict, /) -> Any: ...


class PretendedTensor(Tensor):
    """Wraps a tensor of the CPU, to which torch's own code sees it belong; Python sees cuda:0."""

    inside: Tensor
    compute: ClassVar[Compute | None] = None
    """Computes an operation and records it; None outside of ``pretended_gpu``."""

    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, inside: Tensor) -> "PretendedTensor":
        """Wrap a tensor of the CPU, without copying it."""
        wrapper = Tensor._make_wrapper_subclass(
            cls,
            inside.size(),
            strides=inside.stride(),
            storage_offset=inside.storage_offset(),
            dtype=inside.dtype,
            layout=inside.layout,
            device=inside.device,
        )
        wrapper.inside = inside
        return wrapper

    @property
    def device(self) -> torch.device:
        return CUDA

    @property
    def is_cuda(self) -> bool:
        return True

    @property
    def is_cpu(self) -> bool:
        return False

    def get_device(self) -> int:
        return 0

    def data_ptr(self) -> int:
        return self.inside.data_ptr()

    def __repr__(self, **_: object) -> str:
        return f"{self.cpu()!r} of a pretended GPU"

    def __deepcopy__(self, memo: dict[int, Any]) -> "PretendedTensor":
        if id(self) not in memo:
            with torch.no_grad():
                copy = self.detach().clone().requires_grad_(self.requires_grad)
            copy._is_param = getattr(self, "_is_param", False)
            memo[id(self)] = copy
        return memo[id(self)]

    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        if cls.compute is None:
            raise RuntimeError("a pretended tensor is computed on outside of pretended_gpu()")
        return cls.compute(function, args, kwargs or {})


def is_pretended(value: object) -> bool:
    """Tell whether a value is a tensor of the pretended GPU."""
    return isinstance(value, PretendedTensor)


def wrapped(value: Any) -> Any:
    """Return a value as the GPU gives it back: tensors of the CPU wrapped, whatever holds them."""
    return tree_map(lambda x: PretendedTensor(x) if type(x) is Tensor else x, value)


def on_host(value: Any) -> Any:
    """Return a value with what is inside of its pretended tensors, without telling anyone."""
    return tree_map(lambda x: x.inside if isinstance(x, PretendedTensor) else x, value)
