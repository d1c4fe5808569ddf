"""What float32 numbers are multiplied in on a GPU: in float32, or rounded to TF32 before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import torch

Float32 = Literal["ieee", "tf32"]
"""IEEE single precision (24 bits), or TF32: factors of 11 bits, sums in float32."""


@contextmanager
def multiplying(kind: Float32, device: "torch.device | str") -> Iterator[None]:
    """Let convolutions and products of float32 on a GPU be what is asked for, both alike.

    By default torch convolves in TF32 and multiplies in IEEE single precision.

    Args:
        kind: ieee or tf32.
        device: where is computed; nothing is done where that is no CUDA device.

    Yields:
        Nothing; what was set before is set again afterwards, in whichever way it was set.
    """
    import torch  # only who computes pays for it

    if torch.device(device).type != "cuda":
        yield
        return
    before = _settings()
    torch.backends.cuda.matmul.allow_tf32 = kind == "tf32"
    torch.backends.cudnn.allow_tf32 = kind == "tf32"
    for place in _newer():
        place.fp32_precision = kind
    try:
        yield
    finally:
        for again, value in before:
            again(value)


def _settings() -> list[tuple[Callable[[Any], None], Any]]:
    """Return what is set, each with what sets it again.

    torch has two ways to set it, and refuses to read the older one where the newer one says
    something else. What cannot be read is not set again: it does not count then.
    """
    import torch

    convolutions = torch.backends.cudnn
    found: list[tuple[Callable[[Any], None], Any]] = []
    with suppress(RuntimeError):
        found.append((torch.set_float32_matmul_precision, torch.get_float32_matmul_precision()))
    with suppress(RuntimeError):
        found.append((_setter(convolutions, "allow_tf32"), convolutions.allow_tf32))
    found += [(_setter(place, "fp32_precision"), place.fp32_precision) for place in _newer()]
    return found


def _newer() -> list[Any]:
    """Return where torch keeps the precision of products, convolutions and recurrent layers."""
    import torch

    cudnn = torch.backends.cudnn
    places = (torch.backends.cuda.matmul, getattr(cudnn, "conv", None), getattr(cudnn, "rnn", None))
    return [place for place in places if hasattr(place, "fp32_precision")]


def _setter(place: Any, name: str) -> Callable[[Any], None]:
    """Return what sets an attribute."""

    def change(value: Any) -> None:
        setattr(place, name, value)

    return change
