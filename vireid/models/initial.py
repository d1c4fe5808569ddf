"""What the initial weights of a network are, so that a run can say so later."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class InitialWeights:
    """Where the initial weights of a network come from; what is not known is None."""

    way: str = "none"
    """none (random), pip, hub, torchvision, file, or run (an earlier one)."""
    source: str | None = None
    """The package, the hub's repository, the address or the path of the file or checkpoint."""
    revision: str | None = None
    """Version of the package; commit of the hub's repository; what was asked for of a file; the
    stage of a run."""
    sha256: str | None = None
    """SHA-256 of the file that was read, in hexadecimal digits."""


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file.

    Args:
        path: the file.

    Returns:
        64 hexadecimal digits.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
