"""What torch.cuda says, and what torch's optimisers ask, while a GPU is pretended."""

from contextlib import AbstractContextManager, ExitStack, nullcontext
from threading import Thread
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import torch
from torch.amp.autocast_mode import autocast
from torch.optim import optimizer
from torch.utils import _foreach_utils

from tests.pretended.tensor import CUDA, PretendedTensor
from tests.pretended.transfer import Transfers

MEMORY = 80 << 30
"""Bytes."""
GENERAL = ("is_available", "device_count", "current_stream", "synchronize")
"""What torch.accelerator answers in the same way."""


def events_of(transfers: Transfers) -> type:
    """Return the class of events."""

    class Event:
        """A moment of the GPU, after the copies that were asked for before it."""

        def __init__(self, *_: object, **__: object) -> None:
            self.number = 0

        def record(self, *_: object) -> None:
            self.number = transfers.number

        def synchronize(self) -> None:
            transfers.record.wait("event")
            transfers.arrive(self.number)

        def query(self) -> bool:
            transfers.arrive(self.number)
            return True

        def wait(self, *_: object) -> None:
            """Let a stream wait; the host does not."""

        def elapsed_time(self, _: object) -> float:
            return 0.0

    return Event


def streams_of(transfers: Transfers) -> type:
    """Return the class of streams; all are one."""

    class Stream:
        def __init__(self, *_: object, **__: object) -> None:
            self.device = CUDA

        def synchronize(self) -> None:
            transfers.wait("stream")

        def record_event(self, event: Any = None) -> Any:
            event = event or torch.cuda.Event()
            event.record(self)
            return event

        def query(self) -> bool:
            return not transfers.moving

        def is_capturing(self) -> bool:
            return False

        def wait_event(self, _: object) -> None:
            """Let this stream wait; the host does not."""

        def wait_stream(self, _: object) -> None:
            """Let this stream wait; the host does not."""

    return Stream


def answers(transfers: Transfers, free: int) -> dict[str, Any]:
    """Return what stands in for functions and classes of torch.cuda, by name."""
    stream = streams_of(transfers)
    about = SimpleNamespace(name="pretended GPU", total_memory=MEMORY, major=9, minor=0)
    values = {
        "is_available": True, "device_count": 1, "current_device": 0, "is_initialized": True,
        "is_bf16_supported": True, "is_current_stream_capturing": False, "set_device": None,
        "mem_get_info": (free, MEMORY), "memory_allocated": 0, "max_memory_allocated": 0,
        "memory_reserved": 0, "max_memory_reserved": 0, "empty_cache": None, "ipc_collect": None,
        "reset_peak_memory_stats": None, "manual_seed": None, "manual_seed_all": None,
        "get_device_name": about.name, "get_device_properties": about,
        "get_device_capability": (9, 0), "stream": nullcontext(), "device": nullcontext(),
        "init": None,
    }  # fmt: skip
    found: dict[str, Any] = {name: _always(value) for name, value in values.items()}
    found |= dict.fromkeys(("Stream", "current_stream", "default_stream"), stream)
    found["Event"] = events_of(transfers)
    found["synchronize"] = lambda *_: transfers.wait("synchronize")
    return found


def _always(value: Any) -> Any:
    return lambda *_, **__: value


def patched(transfers: Transfers, free: int, modes: Any) -> AbstractContextManager[Any]:
    """Let torch believe in the GPU; each thread that begins gets the modes.

    Args:
        transfers: told of waits.
        free: bytes of memory that are free.
        modes: returns the context that computes pretended tensors.
    """
    stack = ExitStack()
    for name, answer in answers(transfers, free).items():
        stack.enter_context(patch.object(torch.cuda, name, answer))
        if name in GENERAL and hasattr(torch.accelerator, name):
            stack.enter_context(patch.object(torch.accelerator, name, answer))
    for module in (optimizer, _foreach_utils):
        types = [*module._foreach_supported_types, PretendedTensor]
        stack.enter_context(patch.object(module, "_foreach_supported_types", types))
    stack.enter_context(patch.object(torch._C, "_group_tensors_by_device_and_dtype", _grouped))
    # Parameters that move stay the same objects: setting their data would not make them pretended.
    stack.enter_context(patch.object(torch.__future__, "_swap_module_params_on_conversion", True))
    stack.enter_context(patch.object(torch.Tensor, "record_stream", _always(None)))
    stack.enter_context(patch.object(autocast, "__init__", _begin_autocast))

    def run(thread: Thread) -> None:
        with modes():
            _run(thread)

    stack.enter_context(patch.object(Thread, "run", run))
    return stack


_run = Thread.run
_group = torch._C._group_tensors_by_device_and_dtype
_begin = autocast.__init__


def _grouped(lists: Any, *rest: Any) -> Any:
    """Group tensors, those of the GPU under its own name; they do not lie on both devices."""
    pretended = isinstance(lists[0][0], PretendedTensor) if lists[0] else False
    found = _group(lists, *rest)
    if not pretended:
        return found
    return {(CUDA, dtype): values for (_, dtype), values in found.items()}


def _begin_autocast(self: Any, device_type: str, dtype: Any = None, *args: Any, **named: Any):
    """Begin an autocast of the CPU, with the type that the GPU's would have had."""
    if device_type == "cuda":
        dtype = torch.get_autocast_dtype("cuda") if dtype is None else dtype
        device_type = "cpu"
    _begin(self, device_type, dtype, *args, **named)
