"""Mapping <-> file: atomic to write, safe to load, versioned."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from vireid.errors import CheckpointError

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
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    plain = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(plain, temporary, {**metadata, "format": FORMAT})
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"cannot write {path}: {error}; free some space or choose another folder"
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


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
