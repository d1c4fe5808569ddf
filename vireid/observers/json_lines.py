"""The log that every run has: one JSON object for each epoch."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vireid.files import whole_file

_log = logging.getLogger(__name__)


class JsonLines:
    """Writes a line for each epoch; lines that do not fit on the disk wait until they do.

    Args:
        file: the log; lines of the steps still to come, and a torn one, are taken away.
        begun: steps of the run that are done.

    Raises:
        DataError: the log cannot be written.
    """

    def __init__(self, file: Path, begun: int) -> None:
        self._file = file
        self._waiting: list[str] = []
        self._has_warned = False
        kept = "".join(json.dumps(line) + "\n" for line in read_lines(file) if _end(line) <= begun)
        with whole_file(file) as path:
            path.write_text(kept, encoding="utf-8")
        self._size = file.stat().st_size

    def log_step(self, step: int, losses: Mapping[str, float]) -> None:
        """Leave single steps to others.

        Args:
            step: steps of the run up to here, this one included.
            losses: each term, and their weighted sum as ``total``.
        """

    def log_epoch(self, step: int, line: Mapping[str, Any]) -> None:
        """Write a line.

        Args:
            step: steps of the run up to the end of the epoch, kept in the line.
            line: plain values, ready for JSON.
        """
        self._waiting.append(json.dumps({**line, "step": step}) + "\n")
        self._write()

    def close(self, *, finished: bool) -> None:  # noqa: ARG002 - the same either way
        """Write what waits.

        Args:
            finished: whether the training went through all stages.
        """
        if self._waiting:
            self._write()
        if self._waiting:
            _log.warning("%s lacks its last %d epochs", self._file, len(self._waiting))

    def _write(self) -> None:
        try:
            with self._file.open("ab") as file:
                file.truncate(self._size)  # a part of a line, where the disk was full
                file.write("".join(self._waiting).encode())
            self._size = self._file.stat().st_size
            self._waiting = []
        except OSError as error:
            if not self._has_warned:
                _log.warning("%s: %s; trying again after each epoch", self._file, error.strerror)
            self._has_warned = True


def read_lines(file: Path) -> list[dict[str, Any]]:
    """Return the lines of a log.

    Args:
        file: the log, which may be missing; a last line that is torn is left out.

    Returns:
        One mapping for each epoch.
    """
    lines = []
    for text in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            break
    return lines


def _end(line: Mapping[str, Any]) -> int:
    """Return at which step the epoch of a line ended."""
    return int(line["step"])
