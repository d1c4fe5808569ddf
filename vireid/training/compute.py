"""How the recipe's precision, memory and speed settings reach a network."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from vireid.config import ComputeConfig
from vireid.errors import ConfigError
from vireid.models import CrossModalNetwork, Pooling

MIXED = {"bf16": torch.bfloat16, "fp16": torch.float16}
"""What stems and trunk compute in where it is not what the weights are kept in."""


def prepare(network: CrossModalNetwork, compute: ComputeConfig) -> CrossModalNetwork:
    """Make a network ready for training; one that is ready stays as it is.

    Args:
        network: changed in place, on the training device.
        compute: precision, and whether the trunk is compiled.

    Returns:
        The network itself.

    Raises:
        ConfigError: the trunk is to be compiled for the CPU, and there is no C++ compiler
            that works.
    """
    if compute.precision == "fp64":
        network.double()
    if network.mean.is_cuda:
        repeat_bits(compute.deterministic)
    if compute.compile and network.trunk._compiled_call_impl is None:
        if network.mean.device.type == "cpu":
            _check_compiler()
        network.trunk.compile()
    return network


def repeat_bits(wanted: bool) -> None:
    """Let GPUs give the same bits every time, or let their libraries choose.

    The switches are the process's own. Where torch has no such way to compute something, it warns
    and names it.

    Args:
        wanted: the same bits every time.
    """
    if wanted:  # cuBLAS reads it when it is first used
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(wanted, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.backends.cudnn.deterministic = wanted
    torch.backends.cudnn.benchmark = not wanted


def _check_compiler() -> None:
    """Check that what torch.compile calls for the CPU works: CXX, or what it takes instead."""
    name = os.environ.get("CXX", "clang++" if sys.platform == "darwin" else "g++")
    advice = (
        "install one, name another in the environment variable CXX, or leave compute.compile out"
    )
    words = name.split()
    if not words or shutil.which(words[0]) is None:
        raise ConfigError(
            f"compute.compile needs a C++ compiler, and {name!r} cannot be found; {advice}"
        )
    with TemporaryDirectory() as folder:
        file = Path(folder) / "try.cpp"
        file.write_text("#include <vector>\nstd::vector<int> numbers;\n", encoding="utf-8")
        done = subprocess.run(
            [*words, "-shared", "-fPIC", "-o", f"{folder}/try.so", str(file)],
            capture_output=True, text=True, errors="backslashreplace", check=False,
        )  # fmt: skip
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]
        raise ConfigError(
            f"compute.compile needs a C++ compiler, and {name!r} cannot compile a line ({said}); "
            f"{advice}"
        )


def new_pooling(network: CrossModalNetwork, compute: ComputeConfig) -> Pooling:
    """Return how a batch passes through stems and trunk.

    Args:
        network: in training.
        compute: precision and parts.

    Returns:
        The pooling, to be handed to ``models.Passes`` or ``parallel.SharedForward``.
    """
    return Pooling(network, parts=compute.parts or 1, precision=MIXED.get(compute.precision))


def new_scaler(network: CrossModalNetwork, compute: ComputeConfig) -> torch.amp.GradScaler:
    """Return what scales the loss, so that small gradients survive half precision.

    Args:
        network: on the training device.
        compute: precision.

    Returns:
        A scaler, which leaves the loss alone unless the precision is fp16.
    """
    return torch.amp.GradScaler(network.mean.device.type, enabled=compute.precision == "fp16")
