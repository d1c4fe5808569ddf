"""Calls of torch that name a device, before torch's own code looks for the device."""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from tests.pretended.tensor import is_pretended, on_host, wrapped
from tests.pretended.transfer import Fetched, Sent, Transfers

MAKES = {torch.tensor, torch.as_tensor, torch.asarray, Tensor.new_tensor}
"""Calls that make a tensor of values of the host."""


class Wanted(NamedTuple):
    """What a call of ``Tensor.to`` asks for; None: as it is."""

    device: torch.device | None = None
    dtype: torch.dtype | None = None
    non_blocking: bool = False
    copy: bool = False
    memory_format: torch.memory_format | None = None


def wanted(args: tuple, kwargs: dict) -> Wanted:
    """Read the arguments of ``Tensor.to``, the tensor left out."""
    names = ("device", "dtype", "non_blocking", "copy")
    if args and isinstance(args[0], torch.dtype):
        names = names[1:]
    elif args and isinstance(args[0], Tensor):
        names = ("other", *names[2:])
    found = dict(zip(names, args, strict=False)) | kwargs
    other = found.pop("other", None)
    if other is not None:
        found |= {"device": other.device, "dtype": other.dtype}
    found["device"] = device_of(found.get("device"))
    return Wanted(**found)


def device_of(device: Any) -> torch.device | None:
    """Return the device that is meant; a number is one of a GPU."""
    if isinstance(device, int):
        return torch.device("cuda", device)
    return None if device is None else torch.device(device)


class Functions(TorchFunctionMode):
    """Decides by what Python says of the devices; torch's own code sees the CPU everywhere."""

    def __init__(self, transfers: Transfers) -> None:
        super().__init__()
        self.transfers = transfers
        self.own = {
            Tensor.to: self._to, Tensor.cpu: self._cpu, Tensor.cuda: self._cuda,
            Tensor.type_as: self._to, Tensor.tolist: self._tolist, Tensor.numpy: self._numpy,
            Tensor.__array__: self._numpy, Tensor.pin_memory: self._pin,
            Tensor.is_pinned: self._is_pinned,
        }  # fmt: skip

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if function in self.own:
            return self.own[function](*args, **kwargs)
        if kwargs.pop("pin_memory", False):
            return self.transfers.pin(function(*args, **kwargs))
        device = device_of(kwargs.get("device"))
        if function in MAKES:
            return self._make(function, device, args, kwargs)
        if device is not None and device.type == "cuda":
            return self._made_there(function, args, kwargs)
        if device is not None and any(map(is_pretended, tree_leaves((args, kwargs)))):
            return function(*on_host(args), **on_host(kwargs))  # such as zeros_like on the CPU
        return function(*args, **kwargs)

    def _made_there(self, function: Any, args: tuple, kwargs: dict) -> Any:
        """Make a tensor on the GPU, out of nothing or like another one."""
        generator = kwargs.get("generator")
        if generator is not None and generator.device.type == "cpu":
            raise RuntimeError("Expected a 'cuda' device type for generator but found 'cpu'")
        if not any(map(is_pretended, tree_leaves((args, kwargs)))):
            self.transfers.record.launch(function.__name__)
        return wrapped(function(*args, **kwargs | {"device": "cpu"}))

    def _make(self, function: Any, device: torch.device | None, args: tuple, kwargs: dict) -> Any:
        """Make a tensor of values, on the GPU where it is asked for."""
        source, *rest = args[1:] if function is Tensor.new_tensor else args
        like = args[0] if function is Tensor.new_tensor else source
        there = is_pretended(like) if device is None else device.type == "cuda"
        kwargs.pop("device", None)
        if is_pretended(source):
            copied = {"copy": True} if function in (torch.tensor, Tensor.new_tensor) else {}
            given = {"dtype": kwargs["dtype"]} if "dtype" in kwargs else {}
            return self._to(source, device or source.device, **given, **copied)
        if function is Tensor.new_tensor:
            kwargs.setdefault("dtype", like.dtype)
            function = torch.tensor
        found = function(source, *rest, **kwargs)
        return self._to(found, torch.device("cuda")) if there else found

    def _to(self, tensor: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        want = wanted(args, kwargs)
        there = is_pretended(tensor)
        device = want.device or tensor.device
        if (device.type == "cuda") == there:
            left = {"dtype": want.dtype or tensor.dtype, "copy": want.copy}
            if want.memory_format is not None:
                left["memory_format"] = want.memory_format
            return tensor.to(**left)
        shape = torch.preserve_format if want.memory_format is None else want.memory_format
        move = Fetched if there else Sent
        return move.apply(
            tensor, self.transfers, want.dtype or tensor.dtype, want.non_blocking, shape
        )

    def _cpu(self, tensor: Tensor, **kwargs: Any) -> Tensor:
        return self._to(tensor, "cpu", **kwargs)

    def _cuda(self, tensor: Tensor, device: Any = "cuda", **kwargs: Any) -> Tensor:
        return self._to(tensor, device, **kwargs)

    def _tolist(self, tensor: Tensor) -> Any:
        return self._cpu(tensor.detach()).tolist()

    def _numpy(self, tensor: Tensor, *args: Any, **kwargs: Any) -> Any:
        if is_pretended(tensor):
            raise TypeError("can't convert cuda:0 device type tensor to numpy; use Tensor.cpu()")
        if args or kwargs:
            return Tensor.__array__(tensor, *args)
        return tensor.numpy()

    def _pin(self, tensor: Tensor, *_: Any) -> Tensor:
        if is_pretended(tensor):
            raise RuntimeError("cannot pin a tensor of the GPU; only those of the CPU")
        if self.transfers.is_pinned(tensor):
            return tensor
        place = torch.empty_strided(tensor.size(), tensor.stride(), dtype=tensor.dtype)
        return self.transfers.pin(place.copy_(tensor.detach()))

    def _is_pinned(self, tensor: Tensor, *_: Any) -> bool:
        return not is_pretended(tensor) and self.transfers.is_pinned(tensor)
