"""What the check runs on."""

import os
import platform
from importlib.util import find_spec

import torch

from gpu.report import Report

OVERRIDE = "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE"
"""Lets products of float32 be TF32, whatever is asked of torch."""


def machine(report: Report) -> None:
    """Versions, the GPU, and what torch multiplies in where nobody asks."""
    report.info(
        f"Python {platform.python_version()}, torch {torch.__version__}, "
        f"{torch.get_num_threads()} threads of {os.cpu_count()} cores, "
        f"Triton {'found' if find_spec('triton') else 'not found'}"
    )
    if not report.on_gpu:
        return
    about = torch.cuda.get_device_properties(report.device)
    free, whole = torch.cuda.mem_get_info(report.device)
    report.info(
        f"{about.name}, capability {about.major}.{about.minor}, {free / 2**30:.1f} of "
        f"{whole / 2**30:.1f} GiB free, CUDA {torch.version.cuda}, "
        f"cuDNN {torch.backends.cudnn.version()}"
    )
    report.info(
        f"TF32 where nobody asks: convolutions {torch.backends.cudnn.allow_tf32}, products "
        f"{torch.backends.cuda.matmul.allow_tf32}, {OVERRIDE} {os.environ.get(OVERRIDE)}"
    )
