"""The machine that a run is computed on: its device, and how its memory is used."""

import ctypes

import torch

from vireid.errors import ConfigError
from vireid.parallel import own_device


def find_device(name: str = "auto") -> str:
    """Return where to compute.

    Args:
        name: cpu, cuda, cuda:1 ...; auto takes a GPU if there is any.

    Returns:
        The name of a device that can be used; of several processes with cuda, each gets its own,
        and opens no other.

    Raises:
        ConfigError: the device does not exist here, or none is left for this process.
    """
    if name == "auto":
        return own_device("cuda") if torch.cuda.is_available() else "cpu"
    try:
        name = own_device(name)
        torch.zeros(1, device=name).item()
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(f"--device {name} cannot be used here; try cpu") from error
    return name


def keep_memory() -> None:
    """Let the C library keep freed blocks instead of handing them back at every batch.

    Fetching fresh pages for each batch's activations costs up to a third of a CPU's time. Does
    nothing where the C library is not glibc.
    """
    trim_threshold, mmap_threshold = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of malloc.h
    try:
        library = ctypes.CDLL("libc.so.6")
    except OSError:
        return
    for option in (trim_threshold, mmap_threshold):
        library.mallopt(option, 1 << 30)
