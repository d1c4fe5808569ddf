"""The pretended GPU counts what it says it counts."""

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from tests.pretended import on_host, pretended_gpu


@pytest.fixture
def gpu():
    """Pretend a GPU during a test."""
    with pretended_gpu() as record:
        yield record


def numbers(*shape):
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
    assert wait.line.startswith("tests/pretended/test_pretended_gpu.py:"), wait
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


def test_values_are_those_of_the_cpu(gpu):
    x = numbers(3, 4)
    there = x.to("cuda")
    assert there.device == torch.device("cuda:0")
    assert there.is_cuda
    assert torch.zeros(2, device=there.device).is_cuda
    assert not there.cpu().is_cuda
    assert not torch.zeros_like(there, device="cpu").is_cuda
    assert on_host(there @ there.T).equal(x @ x.T)
    there[1:, 2] *= 2
    x[1:, 2] *= 2
    assert there.cpu().equal(x)
    assert on_host(there.sum(0)).equal(x.sum(0))
    assert gpu.launches["mm"] == 1


def test_bytes_that_are_sent(gpu):
    numbers(5).to("cuda")
    torch.zeros(3, dtype=torch.uint8).pin_memory().to("cuda", non_blocking=True)
    assert sum(gpu.sent.values()) == 5 * 4 + 3
    assert sum(gpu.copies.values()) == 2


@pytest.mark.usefixtures("gpu")
def test_an_array_of_the_gpu_cannot_be_had():
    with pytest.raises(TypeError, match="cuda:0"):
        numbers(2).to("cuda").numpy()
    with pytest.raises(TypeError, match="cuda:0"):
        np.asarray(numbers(2).to("cuda"))


@pytest.mark.usefixtures("gpu")
def test_what_comes_without_waiting_is_spoiled_until_somebody_waits():
    x = numbers(3).to("cuda")
    event = torch.cuda.Event()
    early = x.to("cpu", non_blocking=True)
    event.record()
    late = (x * 2).to("cpu", non_blocking=True)
    whole = x.long().to("cpu", non_blocking=True)
    assert early.isnan().all()
    assert late.isnan().all()
    assert not whole.equal(numbers(3).long())
    event.synchronize()
    assert early.equal(numbers(3))
    assert late.isnan().all()
    torch.cuda.synchronize()
    assert late.equal(numbers(3) * 2)
    assert whole.equal(numbers(3).long())


def test_memory_that_changes_on_its_way_is_noticed(gpu):
    buffer = torch.ones(3, pin_memory=True)
    buffer.to("cuda", non_blocking=True)
    torch.cuda.synchronize()
    buffer += 1
    buffer.to("cuda", non_blocking=True)
    assert not gpu.raced
    buffer.numpy()[0] = 7
    torch.cuda.synchronize()
    ((line, count),) = gpu.raced.items()
    assert (line.split()[1], count) == ("test_memory_that_changes_on_its_way_is_noticed", 1)


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(1))


OPTIMISERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.1),
    "fused adam": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.1, fused=True),
    "sgd": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9),
    "fused sgd": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, fused=True),
}


def trained(device, name, found_inf=None):
    """Take two steps; return the weights on the host."""
    model = network().to(device, memory_format=torch.channels_last)
    optimiser = OPTIMISERS[name](model.parameters())
    x = torch.randn(6, 3, 4, 5, generator=torch.Generator().manual_seed(1)).to(device)
    if found_inf is not None:
        optimiser.found_inf = torch.full((), found_inf, device=device)
    for _ in range(2):
        optimiser.zero_grad(set_to_none=True)
        model(x).square().mean().backward()
        optimiser.step()
    return {key: on_host(value) for key, value in model.state_dict().items()}


@pytest.mark.parametrize("name", OPTIMISERS)
def test_training_is_that_of_the_cpu_and_waits_nowhere(gpu, name):
    expected = trained("cpu", name)
    gpu.clear()
    found = trained("cuda", name)
    sent = 4 + 7 + 1  # of weights, statistics and pixels
    assert gpu.waited <= sent, gpu.told()
    assert {wait.reason for wait in gpu.waits} == {"copy to the GPU"}
    assert not gpu.mixed
    for key, value in expected.items():
        torch.testing.assert_close(found[key], value)
    launched = [key for key in gpu.launches if "fused" in key or "foreach" in key]
    assert launched, "neither fused nor for each"
    assert any("_fused" in key for key in launched) == name.startswith("fused")


@pytest.mark.parametrize("name", ["fused adam", "fused sgd"])
def test_a_fused_step_with_found_inf_leaves_the_weights_alone(gpu, name):
    before = network().state_dict()
    for key, value in trained("cuda", name, found_inf=1.0).items():
        assert "weight" not in key or value.equal(before[key])
    moved = trained("cuda", name, found_inf=0.0)
    assert not moved["0.weight"].equal(before["0.weight"])
    assert not gpu.mixed


@pytest.mark.parametrize("name", ["fused adam", "adam"])
def test_a_scaler_skips_what_is_not_finite(gpu, name):
    model = network().to("cuda")
    optimiser, scaler = OPTIMISERS[name](model.parameters()), torch.amp.GradScaler("cuda")
    x = torch.ones(2, 3, 4, 4, device="cuda")
    for factor, moved in ((1.0, True), (float("inf"), False)):
        before = on_host(model[0].weight).clone()
        optimiser.zero_grad(set_to_none=True)
        scaler.scale((model(x) * factor).mean()).backward()
        gpu.clear()
        scaler.step(optimiser)
        scaler.update()
        assert on_host(model[0].weight).equal(before) != moved
        assert gpu.waited == (0 if name.startswith("fused") else 1), gpu.told()
        assert not gpu.mixed


@pytest.mark.usefixtures("gpu")
def test_autocast_lowers_the_precision():
    model = nn.Linear(3, 2).to("cuda")
    x = torch.ones(4, 3, device="cuda")
    with torch.autocast("cuda", torch.bfloat16):
        assert model(x).dtype == torch.bfloat16
    with torch.autocast("cuda", torch.bfloat16, enabled=False):
        assert model(x).dtype == torch.float32
    assert model(x).dtype == torch.float32


@pytest.mark.parametrize("precision", [None, torch.bfloat16])
def test_checkpoints_compute_again(gpu, precision):
    x = torch.ones(4, 3, device="cuda")
    gradients = []
    for again in (False, True):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1)).to("cuda")
        with torch.autocast("cuda", precision, enabled=precision is not None):
            if again:
                found = torch.utils.checkpoint.checkpoint(model, x, use_reentrant=False)
            else:
                found = model(x)
        gpu.clear()
        found.float().sum().backward()
        gradients.append(on_host(model[0].weight.grad))
        assert (gpu.launches["tanh"] == 1) == again
        assert not gpu.waits
    assert gradients[0].equal(gradients[1])


def test_threads_that_begin_are_counted_too(gpu):
    with ThreadPoolExecutor(1) as pool:
        there = pool.submit(lambda: numbers(3).to("cuda") * 2).result()
    assert there.is_cuda
    assert gpu.waited == 1


@pytest.mark.usefixtures("gpu")
def test_gradients_pass_between_the_devices():
    x = numbers(3).requires_grad_()
    (x.to("cuda") * 2).cpu().sum().backward()
    assert x.grad.equal(torch.full((3,), 2.0))
    assert not x.grad.is_cuda


@pytest.mark.usefixtures("gpu")
def test_a_generator_of_the_host_draws_nothing_there():
    with pytest.raises(RuntimeError, match="generator"):
        torch.rand(3, generator=torch.Generator(), device="cuda")


@pytest.mark.usefixtures("gpu")
def test_modules_are_copied_and_loaded():
    model = network().to("cuda")
    copy = deepcopy(model)
    assert [name for name, _ in copy.named_parameters()] == [n for n, _ in model.named_parameters()]
    assert all(value.is_cuda for value in copy.state_dict().values())
    copy.load_state_dict({key: value * 0 for key, value in model.state_dict().items()})
    assert on_host(model[0].weight).abs().sum() > 0
    assert on_host(copy[0].weight).abs().sum() == 0


def test_torch_is_itself_again_afterwards():
    with pretended_gpu(free=123):
        assert torch.cuda.is_available()
        assert torch.cuda.mem_get_info()[0] == 123
        there = numbers(2).to("cuda")
    assert not torch.cuda.is_available()
    assert not numbers(2).is_pinned()
    with pytest.raises(RuntimeError, match="outside"):
        there + 1
