"""The head of a checkpoint, read without torch."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from vireid.errors import CheckpointError

FORMAT = "vireid-1"


def load_metadata(path: Path) -> dict[str, str]:
    """Read the metadata of a file that ``save_checkpoint`` wrote, but none of its tensors.

    Args:
        path: the file.

    Returns:
        Text by name.

    Raises:
        CheckpointError: there is no such file, its head or length is damaged, or it is of another
            format.
    """
    with opened(path, "numpy") as file:
        metadata: dict[str, str] = file.metadata()
        return metadata


@contextmanager
def opened(path: Path, framework: str) -> Iterator[Any]:
    """Yield an open checkpoint of this format.

    Args:
        path: the file.
        framework: of its tensors: pt or numpy.

    Yields:
        As ``safetensors.safe_open``.

    Raises:
        CheckpointError: as for ``load_metadata``.
    """
    if not path.is_file():
        raise CheckpointError(f"{path} is not a file; expected a checkpoint of a run")
    try:
        with safe_open(path, framework=framework) as file:
            found = (file.metadata() or {}).get("format", "no format")
            if found != FORMAT:
                raise CheckpointError(
                    f"{path} has {found}; this version reads {FORMAT}: train anew"
                )
            yield file
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path} is damaged or no safetensors file: {error}") from error
