"""Seconds and memory of a device that computes in its own time."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

import torch
from torch.autograd import DeviceType
from torch.profiler import ProfilerActivity, profile, supported_activities


def is_cuda(device: str) -> bool:
    """Tell whether a device is a GPU."""
    return torch.device(device).type == "cuda"


def wait_for(device: str) -> None:
    """Wait until a device has done what it was asked to do."""
    if is_cuda(device):
        torch.cuda.synchronize(device)


def seconds(work: Callable[[], object], device: str, times: int = 1) -> float:
    """Return what a call takes, on average over calls that do not wait for each other."""
    wait_for(device)
    start = perf_counter()
    for _ in range(times):
        work()
    wait_for(device)
    return (perf_counter() - start) / times


def in_turns(
    works: tuple[Callable[[], object], ...], device: str, *, turns: int, times: int
) -> list[float]:
    """Return what calls take that take turns: of each the median over the turns."""
    found = [[seconds(work, device, times) for work in works] for _ in range(turns)]
    return [median(column) for column in zip(*found, strict=True)]


def forget_peak(device: str) -> None:
    """Begin to watch a GPU's memory anew, with nothing in it that nobody needs."""
    if is_cuda(device):
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)


def peak(device: str) -> float | None:
    """Return the most memory of a GPU that was in use, in GiB; None on a CPU."""
    return torch.cuda.max_memory_allocated(device) / 2**30 if is_cuda(device) else None


def share_of_gpu(work: Callable[[], object], device: str, times: int) -> float | None:
    """Return in which share of the time a GPU computes; None where that cannot be seen."""
    if not is_cuda(device) or ProfilerActivity.CUDA not in supported_activities():
        return None
    wait_for(device)
    with profile(activities=[ProfilerActivity.CUDA]) as found:
        start = perf_counter()
        for _ in range(times):
            work()
        wait_for(device)
        wall = perf_counter() - start
    spans = sorted(
        (event.time_range.start, event.time_range.end)
        for event in found.events() or ()
        if event.device_type == DeviceType.CUDA and not event.is_user_annotation
    )
    return covered(spans) / 1e6 / wall if spans else None


def covered(spans: list[tuple[float, float]]) -> float:
    """Return how much some spans, by their start, cover together; overlaps count once."""
    total, end = 0.0, float("-inf")
    for start, stop in spans:
        total += max(0.0, stop - max(start, end))
        end = max(end, stop)
    return total


def gib(amount: float | None) -> str:
    """Return GiB in words."""
    return "not known" if amount is None else f"{amount:.1f} GiB"
