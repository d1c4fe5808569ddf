"""A file of weights to the state dicts in it; its reader is chosen by what it begins with."""

import argparse
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import torch
from torch import Tensor

from vireid.errors import CheckpointError

State = Mapping[str, Tensor]
DEEP = 3
"""How many wrappers are opened."""
WRAPPERS = re.compile(r"\b_(?:orig_mod|fsdp_wrapped_module|checkpoint_wrapped_module)\.")
"""What torch puts anywhere into names: torch.compile, FSDP, checkpointing."""
_PLAIN = [argparse.Namespace, np.dtype, np.dtypes.Float32DType, np.dtypes.Float64DType]
_PLAIN += [np.dtypes.Int64DType]
"""What training scripts save beside weights, and what runs no code when it is read."""
_OTHERS = {
    b"version https://git-lfs": "it is a pointer of Git LFS; fetch the file itself: git lfs pull",
    b"\x89HDF": "it is an HDF5 file, as Keras writes; save a torch state dict",
    b"<": "it is a page of the web; download the file itself",
}


def read_states(path: Path) -> dict[str, State]:
    """Return every state dict of a safetensors, torch or NumPy file; no code in it is run.

    Args:
        path: the file.

    Returns:
        Tensors by name, by where they lie in the file: ``""`` at the top, ``"model"`` or
        ``"checkpoint.state_dict"`` in wrappers, at most three deep.

    Raises:
        CheckpointError: the file is damaged or of another kind, or holds more than tensors and
            plain values; the message begins with the reason.
    """
    try:
        with path.open("rb") as file:
            head = file.read(64)
        content = _read(path, head)
    except CheckpointError:
        raise
    except Exception as error:  # every reader has errors of its own
        raise CheckpointError(_reason(error)) from error
    return dict(_states(content, "", DEEP))


def _read(path: Path, head: bytes) -> Any:
    """Return what a file holds."""
    if not head:
        raise CheckpointError("it is empty")
    for begin, reason in _OTHERS.items():
        if head.lstrip().startswith(begin):
            raise CheckpointError(reason)
    if head[8:9] == b"{" and not head.startswith((b"PK", b"\x80")):
        with safetensors.safe_open(path, framework="pt") as tensors:
            if (tensors.metadata() or {}).get("format", "").startswith("vireid"):
                raise CheckpointError(
                    "it is a network that vireid has trained, with two stems; `vireid train "
                    "--weights` begins from it, vireid.load_network reads it"
                )
            return {name: tensors.get_tensor(name) for name in tensors.keys()}  # noqa: SIM118
    if zipfile.is_zipfile(path):
        names = zipfile.ZipFile(path).namelist()
        if names and all(name.endswith(".npy") for name in names):
            with np.load(path, allow_pickle=False) as arrays:
                return {name: torch.from_numpy(arrays[name]) for name in arrays.files}
        if any(name.endswith("/constants.pkl") for name in names):
            raise CheckpointError(f"it is a TorchScript program; {_SAVE}")
    with path.open("rb") as file, torch.serialization.safe_globals([*_PLAIN, *_scalars()]):
        return torch.load(file, map_location="cpu", weights_only=True)


_SAVE = "save the state dict alone: torch.save(network.state_dict(), FILE)"


def _scalars() -> list[tuple[Any, str]]:
    """Return NumPy's maker of scalars under the names that its versions gave it."""
    scalar = np.float64(0).__reduce__()[0]
    return [(scalar, f"{module}.multiarray.scalar") for module in ("numpy.core", "numpy._core")]


def _reason(error: Exception) -> str:
    """Say in our words why a reader failed; torch's own text advises to run the file's code."""
    text = str(error)
    found = re.search(r"GLOBAL ([\w.]+)", text) or re.search(r"[Tt]ype ['\"]?([\w.]+)", text)
    if "weights_only" in text.lower() or "Weights only" in text:
        if found is None:
            return "it is damaged, or no file of weights"
        return f"it holds objects of {found[1][:80]}, whose code is not run; {_SAVE}"
    line = next(iter(text.splitlines()), "no message")
    plain = "".join(letter for letter in line if letter.isprintable())[:160]
    return f"{type(error).__name__}: {plain}"


def _states(content: Any, where: str, deep: int) -> Iterator[tuple[str, State]]:
    """Yield every mapping that holds tensors, and where it lies."""
    if isinstance(content, (list, tuple)):
        content = {str(place): value for place, value in enumerate(content)}
    if isinstance(content, argparse.Namespace) or not isinstance(content, Mapping):
        return
    state = {
        WRAPPERS.sub("", name): value
        for name, value in content.items()
        if isinstance(name, str) and isinstance(value, Tensor)
    }
    if state:
        yield where, state
    if deep:
        for name, value in content.items():
            yield from _states(value, f"{where}.{name}".lstrip("."), deep - 1)
