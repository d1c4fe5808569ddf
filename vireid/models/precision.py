"""What float32 numbers are multiplied in on a GPU: in float32, or rounded to TF32 before."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import torch

Float32 = Literal["ieee", "tf32"]
"""IEEE single precision (24 bits), or TF32: factors of 11 bits, sums in float32."""


@contextmanager
def multiplying(kind: Float32, device: torch.device | str) -> Iterator[None]:
    """Let convolutions and products of float32 on a GPU be what is asked for, both alike.

    By default torch convolves in TF32 and multiplies in IEEE single precision.

    Args:
        kind: ieee or tf32.
        device: where is computed; nothing is done where that is no CUDA device.

    Yields:
        Nothing; what was set before is set again afterwards.
    """
    if torch.device(device).type != "cuda":
        yield
        return
    before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    _allow(kind == "tf32", kind == "tf32")
    try:
        yield
    finally:
        _allow(*before)


def _allow(products: bool, convolutions: bool) -> None:
    torch.backends.cuda.matmul.allow_tf32 = products
    torch.backends.cudnn.allow_tf32 = convolutions
