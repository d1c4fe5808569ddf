"""What becomes of an operation of torch: computed inside, counted, wrapped again."""

from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from tests.pretended.tensor import is_pretended, on_host, wrapped
from tests.pretended.transfer import Transfers, is_dense

WAITS = {
    "_local_scalar_dense": "item", "nonzero": "nonzero", "_unique": "unique", "_unique2": "unique",
    "unique_dim": "unique", "unique_consecutive": "unique", "unique_dim_consecutive": "unique",
    "bincount": "bincount", "masked_select": "masked_select", "equal": "equal", "histc": "histc",
}  # fmt: skip
"""Operations that wait for the GPU, whatever their arguments."""
INDEXED = {
    "index", "index_put", "index_put_", "_index_put_impl_", "_unsafe_index", "_unsafe_index_put",
}  # fmt: skip
TAKES_NUMBERS = {
    "fill_", "masked_fill", "masked_fill_", "index_fill", "index_fill_", "index_put", "index_put_",
    "_index_put_impl_", "_foreach_add_", "_foreach_mul_", "_foreach_mul", "_foreach_add",
    "_fused_adam_", "_fused_adamw_", "_fused_sgd_", "clamp", "clamp_", "clamp_min", "clamp_max",
}  # fmt: skip
"""Operations on the GPU that read a number out of a tensor of the CPU, beside pointwise ones."""
MASKS = (torch.bool, torch.uint8)


@dataclass(frozen=True)
class Traits:
    """What the schema of an operation says."""

    name: str
    is_view: bool
    is_composed: bool
    """Whether torch composes it of others; such arrive here in inference mode only."""
    takes_numbers: bool
    """Whether a tensor of the CPU without dimensions may stand beside those of the GPU."""
    changed: tuple[int | None, ...]
    """For each value that is returned, which argument it is."""


@cache
def traits(function: Any) -> Traits:
    """Read the schema of an operation."""
    schema = function._schema
    name = schema.name.split("::")[-1]
    shared = [r.alias_info for r in schema.returns]
    is_view = any(info is not None and not info.is_write for info in shared)
    changed = []
    for info in shared:
        found = None
        if info is not None and info.is_write:
            found = next(
                i
                for i, argument in enumerate(schema.arguments)
                if argument.alias_info is not None
                and argument.alias_info.before_set & info.before_set
            )
        changed.append(found)
    numbers = name in TAKES_NUMBERS or torch.Tag.pointwise in function.tags
    composed = torch._C._dispatch_has_kernel_for_dispatch_key(
        function.name(), "CompositeImplicitAutograd"
    )
    return Traits(name, is_view or name == "_unsafe_view", composed, numbers, tuple(changed))


def compute(transfers: Transfers, function: Any, args: tuple, kwargs: dict) -> Any:
    """Compute an operation, and record what a GPU would do."""
    tensors = [x for x in tree_leaves((args, kwargs)) if isinstance(x, Tensor)]
    kind, made_there = traits(function), _is_cuda(kwargs.get("device"))
    if made_there:
        kwargs = kwargs | {"device": torch.device("cpu")}
    if not any(map(is_pretended, tensors)):
        found = function(*args, **kwargs)
        return wrapped(found) if made_there and not tensors else found
    if kind.is_composed:
        return function.decompose(*args, **kwargs)  # its parts come here
    if kind.name in ("copy_", "_foreach_copy_"):
        return _copy(transfers, kind.name, *args, **kwargs)
    _count(transfers, kind, args, kwargs, tensors)
    normal = kind.is_view and torch.is_inference_mode_enabled() and not tensors[0].is_inference()
    with torch.inference_mode(False) if normal else nullcontext():  # a view is of its base's kind
        found = function(*on_host(args), **on_host(kwargs))
        return _returned(function, kind, args, kwargs, found)


def _is_cuda(device: Any) -> bool:
    return device is not None and torch.device(device).type == "cuda"


def _count(
    transfers: Transfers, kind: Traits, args: tuple, kwargs: dict, tensors: list[Tensor]
) -> None:
    """Record an operation of which at least one argument lies on the GPU."""
    indices = []
    if kind.name in INDEXED and is_pretended(args[0]):
        indices = [x for x in args[1] if x is not None]
        _count_indices(transfers, args, indices)
    apart = {id(x) for x in indices}
    plain = [x for x in tensors if not is_pretended(x) and id(x) not in apart]
    if any(x.dim() or not kind.takes_numbers for x in plain):
        transfers.record.mix(kind.name)
    if kind.name in WAITS:
        transfers.wait(WAITS[kind.name])
    if kind.name == "repeat_interleave" and kwargs.get("output_size") is None:
        transfers.wait("repeat_interleave")
    if not kind.is_view:
        transfers.record.launch(kind.name)


def _count_indices(transfers: Transfers, args: tuple, indices: list[Tensor]) -> None:
    """Record what indices of a tensor of the GPU cost."""
    masks = [x for x in indices if x.dtype in MASKS]
    value = args[2] if len(args) > 2 else None
    if value is not None and value.numel() == 1 and not is_pretended(value) and masks == indices:
        return  # torch then fills where the mask is true
    for index in indices:
        if not is_pretended(index):
            transfers.wait("index on the CPU")
            transfers.record.send(index.numel() * index.element_size())
        elif index.dtype in MASKS:
            transfers.wait("mask")


def _copy(transfers: Transfers, name: str, target: Any, source: Any, *rest: Any, **named: Any):
    """Copy values into a tensor, or into each of several ones, from either device."""
    if name == "_foreach_copy_":
        for one, other in zip(target, source, strict=True):
            _copy(transfers, "copy_", one, other, *rest, **named)
        return None
    non_blocking = rest[0] if rest else named.get("non_blocking", False)
    inside, values = on_host(target), on_host(source)
    alike = inside.stride() == values.stride() and is_dense(values)
    if is_pretended(target) and is_pretended(source):
        transfers.record.launch("copy_")
        inside.copy_(values)
    elif is_pretended(target):
        transfers.send(values if alike else values.contiguous(), inside, non_blocking)
    else:
        transfers.fetch(values, inside, non_blocking)
    return target


def _returned(function: Any, kind: Traits, args: tuple, kwargs: dict, found: Any) -> Any:
    """Wrap what an operation gives; what it changed is the argument itself."""
    if not any(place is not None for place in kind.changed):
        return wrapped(found)
    arguments = function._schema.arguments
    several = isinstance(found, (tuple, list))
    values = []
    for place, value in zip(kind.changed, found if several else [found], strict=True):
        if place is None:
            values.append(wrapped(value))
            continue
        argument = args[place] if place < len(args) else kwargs[arguments[place].name]
        if is_pretended(argument) and argument.shape != argument.inside.shape:
            raise NotImplementedError(f"{kind.name} changes the shape of a pretended tensor")
        values.append(argument)
    return tuple(values) if several else values[0]


class Operations(TorchDispatchMode):
    """Hands every operation to ``compute``, whatever its arguments."""

    def __init__(self, transfers: Transfers) -> None:
        super().__init__()
        self.transfers = transfers

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        return compute(self.transfers, function, args, kwargs or {})
