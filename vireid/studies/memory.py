"""Peak memory of a row's training: of the process, or of its GPU."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import torch

from vireid.errors import VireidError
from vireid.files import whole_file

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
"""Where Linux tells the peak of this process, and where it is made to begin anew."""
NOTE = "memory.json"
"""What the folder of a row that is not finished keeps of the parts of its training."""


@dataclass(frozen=True)
class Peak:
    """The peak since it was begun, and before."""

    device: str
    """Where is computed; the memory of a GPU counts alone."""
    before: float | None
    """Peak in MB of earlier parts of the training, 0 where there are none; None where unknown."""
    begun: bool
    """Whether the system lets a peak begin anew."""

    def now(self) -> float | None:
        """Return the peak so far.

        Returns:
            Millions of bytes; None where it is not known, as of a part that was killed.
        """
        if self.before is None or not self.begun:
            return None
        return max(self.before, _peak(self.device))


@contextmanager
def noting(folder: Path, device: str, before: float | None) -> Iterator[Peak]:
    """Begin a peak, and note it in the end, however a training ends that is not killed.

    Args:
        folder: of the run, made by the training.
        device: where is computed.
        before: peak in MB of earlier parts; None where unknown.

    Yields:
        The peak.
    """
    file = folder / NOTE
    file.unlink(missing_ok=True)
    peak = Peak(device, before, _begin(device))
    try:
        yield peak
    except BaseException:  # which says more than that a note cannot be written
        with suppress(VireidError):
            _note(file, peak)
        raise
    _note(file, peak)


def _note(file: Path, peak: Peak) -> None:
    if file.parent.is_dir():
        write_note(file, peak)


def write_note(file: Path, peak: Peak) -> None:
    """Note a peak, if it is known.

    Args:
        file: to write.
        peak: so far.
    """
    found = peak.now()
    if found is not None:
        with whole_file(file) as whole:
            whole.write_text(json.dumps({"MB": round(found, 1)}), encoding="utf-8")


def read_note(file: Path) -> float | None:
    """Return a peak that was noted.

    Args:
        file: as of ``write_note``.

    Returns:
        MB; None where there is none.
    """
    try:
        return float(json.loads(file.read_text(encoding="utf-8"))["MB"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _begin(device: str) -> bool:
    """Let the peak begin anew; tell whether it does."""
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(device)
        return True
    try:
        CLEAR.write_text("5", encoding="ascii")
        _peak(device)
    except (OSError, ValueError, StopIteration):
        return False  # a peak that counts earlier rows too would be a wrong one
    return True


def _peak(device: str) -> float:
    """Return the peak since it began, in MB."""
    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated(device) / 1e6
    lines = STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    text = next(line for line in lines if line.startswith("VmHWM:"))
    return int(text.split()[1]) * 1024 / 1e6
