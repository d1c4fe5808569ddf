"""The pretended GPU counts what it says it counts."""

import numpy as np
import pytest
import torch
from torch.nn import functional


def numbers(*shape):
    """Return 1, 2, 3 ... in a shape."""
    return torch.arange(1.0, 1 + torch.Size(shape).numel()).view(shape)


WAITING = {
    "item": lambda x: x.sum().item(),
    "float": lambda x: float(x.sum()),
    "int": lambda x: int(x.sum()),
    "bool": lambda x: bool(x.any()),
    "nonzero": lambda x: x.nonzero(),
    "where": lambda x: torch.where(x > 2),
    "mask": lambda x: x[x > 2],
    "masked_select": lambda x: x.masked_select(x > 2),
    "assigned mask": lambda x: x.index_put_((x > 2,), x[0]),
    "unique": lambda x: torch.unique(x),
    "bincount": lambda x: torch.bincount(x.long()),
    "equal": lambda x: torch.equal(x, x + 1),
    "index of the host": lambda x: x[torch.tensor([1, 0])],
    "list as index": lambda x: x[[1, 0]],
    "array as index": lambda x: x[np.array([1, 0])],
    "tolist": lambda x: x.tolist(),
    "cpu": lambda x: x.cpu(),
    "to": lambda x: x.to("cpu"),
    "to like": lambda x: x.to(torch.zeros(1)),
    "tensor": lambda x: torch.tensor([1.0], device=x.device),
    "as_tensor": lambda _: torch.as_tensor(np.ones(3), device="cuda"),
    "new_tensor": lambda x: x.new_tensor([1.0]),
    "repeat_interleave": lambda x: torch.repeat_interleave(x, x.long()),
    "repr": repr,
    "blocking send": lambda x: numbers(4).to(x.device),
    "send like": lambda x: numbers(4).to(x),
    "cuda": lambda _: numbers(4).cuda(),
    "blocking pinned": lambda _: numbers(4).pin_memory().to("cuda"),
    "pageable": lambda _: numbers(4).to("cuda", non_blocking=True),
    "pinned with gaps": lambda _: numbers(8).pin_memory()[::2].to("cuda", non_blocking=True),
    "copy_ in": lambda x: x.copy_(numbers(4)),
    "copy_ out": lambda x: torch.empty(4).copy_(x),
    "copy_ out, pageable": lambda x: torch.empty(4).copy_(x, non_blocking=True),
    "item assigned": lambda x: x.__setitem__(0, 3.0),
    "synchronize": lambda _: torch.cuda.synchronize(),
    "stream": lambda _: torch.cuda.current_stream().synchronize(),
    "event": lambda _: torch.cuda.Event().synchronize(),
}  # fmt: skip

FREE = {
    "sum": lambda x: (x * 2 + 1).sum(),
    "pinned": lambda _: numbers(4).pin_memory().to("cuda", non_blocking=True),
    "part of pinned": lambda _: numbers(8).pin_memory()[2:6].to("cuda", non_blocking=True),
    "pinned when made": lambda _: torch.ones(4, pin_memory=True).to("cuda", non_blocking=True),
    "array in pinned": lambda _: torch.from_numpy(
        torch.empty(4, pin_memory=True).numpy()[1:]
    ).to("cuda", non_blocking=True),
    "pinned copy_": lambda x: x.copy_(numbers(4).pin_memory(), non_blocking=True),
    "out without waiting": lambda x: x.to("cpu", non_blocking=True),
    "copy_ into pinned": lambda x: torch.empty(4, pin_memory=True).copy_(x, non_blocking=True),
    "number filled where mask": lambda x: x.__setitem__(x > 2, 0.0),
    "masked_fill": lambda x: x.masked_fill(x > 2, 0.0),
    "where of three": lambda x: torch.where(x > 2, x, 0.0),
    "gather": lambda x: x.gather(0, x.long() - 1),
    "index of the GPU": lambda x: x[torch.arange(2, device="cuda")],
    "slice assigned": lambda x: x[1:].fill_(1.0),
    "number of the host": lambda x: x + torch.tensor(2.0),
    "sized repeat_interleave": lambda x: torch.repeat_interleave(x, x.long(), output_size=10),
    "made there": lambda x: torch.zeros(4, device="cuda") + torch.arange(4, device=x.device),
    "like": lambda x: torch.zeros_like(x) + x.new_full((4,), 2.0),
    "same device": lambda x: x.to("cuda"),
    "same device, other type": lambda x: x.to("cuda", torch.float64).to(torch.int32),
    "recorded event": lambda _: torch.cuda.current_stream().record_event().query(),
    "part of pinned into a part": lambda x: x[1:3].copy_(
        torch.ones(6, pin_memory=True)[2:4], non_blocking=True
    ),
    "view as another type": lambda x: x.view(torch.uint8)[4:12].view(torch.int32) + 1,
    "kept for a stream": lambda x: x.record_stream(torch.cuda.current_stream()),
    "unbound": lambda x: [part * 2 for part in x],
    "module": lambda x: functional.normalize(x, dim=0),
}  # fmt: skip


@pytest.mark.parametrize("inference", [False, True], ids=["", "inference"])
@pytest.mark.parametrize("name", WAITING)
def test_a_wait_is_counted_with_its_line(gpu, name, inference):
    x = numbers(4).to("cuda")
    gpu.clear()
    with torch.inference_mode(inference):
        WAITING[name](x)
    assert gpu.waited == 1, gpu.told()
    ((wait, _),) = gpu.waits.items()
    assert wait.line.startswith("tests/pretended/test_counts.py:"), wait
    assert not gpu.mixed


@pytest.mark.parametrize("inference", [False, True], ids=["", "inference"])
@pytest.mark.parametrize("name", FREE)
def test_nobody_waits(gpu, name, inference):
    x = numbers(4).to("cuda")
    gpu.clear()
    with torch.inference_mode(inference):
        FREE[name](x)
    assert not gpu.waits, gpu.told()
    assert not gpu.mixed


def test_the_line_is_that_of_the_call(gpu):
    total = numbers(3).to("cuda").sum()
    gpu.clear()
    total.item()
    ((wait, count),) = gpu.waits.items()
    assert (wait.reason, count) == ("item", 1)
    assert wait.line.endswith(" test_the_line_is_that_of_the_call")
    first = test_the_line_is_that_of_the_call.__code__.co_firstlineno
    assert int(wait.line.split(":")[1].split()[0]) == first + 3


MIXING = {
    "add": lambda x: x + numbers(4),
    "add in place": lambda x: numbers(4).add_(x),
    "cat": lambda x: torch.cat([x, numbers(4)]),
    "stack with a number": lambda x: torch.stack([x[0], torch.tensor(1.0)]),
    "product": lambda x: x @ numbers(4),
    "where": lambda x: torch.where(x > 1, x, numbers(4)),
    "gather": lambda x: x.gather(0, torch.tensor([1])),
    "index_select": lambda x: x.index_select(0, torch.tensor([1])),
    "index into the host": lambda x: numbers(4)[x.long() - 1],
}


@pytest.mark.parametrize("name", MIXING)
def test_mixed_devices_are_recorded(gpu, name):
    x = numbers(4).to("cuda")
    gpu.clear()
    MIXING[name](x)
    assert sum(gpu.mixed.values()) == 1, gpu.told()
