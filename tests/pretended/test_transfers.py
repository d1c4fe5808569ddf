"""Tensors on their way between host and pretended GPU."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from tests.pretended import on_host, pretended_gpu


def numbers(*shape):
    """Return 1, 2, 3 ... in a shape."""
    return torch.arange(1.0, 1 + torch.Size(shape).numel()).view(shape)


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


def test_torch_is_itself_again_afterwards():
    with pretended_gpu(free=123):
        assert torch.cuda.is_available()
        assert torch.cuda.mem_get_info()[0] == 123
        there = numbers(2).to("cuda")
    assert not torch.cuda.is_available()
    assert not numbers(2).is_pinned()
    with pytest.raises(RuntimeError, match="outside"):
        there + 1
