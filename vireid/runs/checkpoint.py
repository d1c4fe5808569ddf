"""Mapping <-> file: atomic to write, safe to load, versioned."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from vireid.errors import CheckpointError, SaveError
from vireid.files import whole_file
from vireid.runs.checkpoint_head import FORMAT, load_metadata, opened

__all__ = ["load_checkpoint", "load_metadata", "load_weights", "save_checkpoint"]


def save_checkpoint(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write tensors and text to one safetensors file, whole or not at all.

    Args:
        path: the file; an older one of that name stays until the new one is complete.
        tensors: by name; moved to the CPU.
        metadata: text by name; ``format`` is added.

    Raises:
        SaveError: the file cannot be written, because the disk is full, say.
    """
    plain = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    with whole_file(path, SaveError) as file:
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
    with opened(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return tensors, file.metadata()


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
