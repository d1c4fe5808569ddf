"""The processors of this machine, and how many threads compute."""

import os
import platform
from collections.abc import Iterator
from pathlib import Path


def system() -> str:
    """Return the operating system and the C library; the name of the machine is left out.

    Returns:
        One line.
    """
    library = " ".join(platform.libc_ver()).strip()
    parts = (f"{platform.system()} {platform.release()} {platform.machine()}", library)
    return ", ".join(part for part in parts if part)


def processor() -> str:
    """Return the processor, the cores that may be used, and the memory.

    Returns:
        One line.
    """
    cores = os.cpu_count() or 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    parts = [_model(), f"{usable} of {cores} cores usable"]
    if {"SC_PAGE_SIZE", "SC_PHYS_PAGES"} <= set(os.sysconf_names):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        parts.append(f"{memory / 2**30:.0f} GiB of memory")
    return ", ".join(part for part in parts if part)


def _model() -> str:
    """Return what the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def threads() -> str:
    """Return how many threads compute, and by which variable they were chosen.

    Returns:
        One line.
    """
    import torch

    from vireid.cluster.threads import thread_count

    chosen = os.environ.get("OMP_NUM_THREADS")
    said = "is not set" if chosen is None else f"is {chosen}"
    blas = f"matrix library {thread_count()}"
    return f"torch {torch.get_num_threads()}, {blas}; OMP_NUM_THREADS {said}"


def devices() -> Iterator[str]:
    """Yield every device that torch can compute on; vireid is made for the CPU and for CUDA.

    Yields:
        One line for each.
    """
    import torch

    yield "cpu"
    for number in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        about = torch.cuda.get_device_properties(number)
        yield (
            f"cuda:{number}  {about.name}, {about.total_memory / 2**30:.0f} GiB, capability "
            f"{about.major}.{about.minor}, CUDA {torch.version.cuda}"
        )
    if torch.backends.mps.is_available():
        yield "mps  there, but vireid was never run on it"
