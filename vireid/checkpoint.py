"""Mapping <-> file: atomic to write, safe to load, versioned."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from vireid.errors import CheckpointError
from vireid.files import whole_file

FORMAT = "vireid-1"


def save_checkpoint(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write tensors and text to one safetensors file, whole or not at all.

    Args:
        path: the file; an older one of that name stays until the new one is complete.
        tensors: by name; moved to the CPU.
        metadata: text by name; ``format`` is added.

    Raises:
        CheckpointError: the file cannot be written, because the disk is full, say.
    """
    plain = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    with whole_file(path, CheckpointError) as file:
        try:
            save_file(plain, file, {**metadata, "format": FORMAT})
        except SafetensorError as error:  # wraps what the disk says
            raise OSError(str(error)) from error


def load_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Read a file that ``save_checkpoint`` wrote, without running any code from it.

    Args:
        path: the file.

    Returns:
        The tensors on the CPU and the metadata.

    Raises:
        CheckpointError: there is no such file, it is damaged, or of another format.
    """
    if not path.is_file():
        raise CheckpointError(f"{path} is not a file; expected a checkpoint of a run")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path} is damaged or no safetensors file: {error}") from error
    if metadata.get("format") != FORMAT:
        found = metadata.get("format", "no format")
        raise CheckpointError(f"{path} has {found}; this version reads {FORMAT}: train anew")
    return tensors, metadata


def load_weights(network: torch.nn.Module, path: Path) -> None:
    """Fill a network with the tensors of a checkpoint.

    Args:
        network: changed in place.
        path: the checkpoint.

    Raises:
        CheckpointError: the file cannot be read or belongs to another network.
    """
    tensors, _ = load_checkpoint(path)
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        first = str(error).splitlines()[-1].strip()
        raise CheckpointError(f"{path} belongs to another network: {first}") from error
