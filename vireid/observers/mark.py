"""Which run of a service belongs to a run folder, and how far it has been told."""

import json
from pathlib import Path

from vireid.files import whole_file


class Mark:
    """Remembers in a small file what a service already holds.

    Services keep what they were told; a training that goes on from an earlier step tells the same
    values again, bit for bit, so these are left out.

    Args:
        file: where to remember.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        self.run: str | None = found.get("run")
        """The service's name of the run; None before there is one."""
        self.step = int(found.get("step", 0))
        """The last step that was told."""

    def is_new(self, step: int) -> bool:
        """Tell whether a step was not told yet, and remember it.

        Args:
            step: of the run.

        Returns:
            False where it is to be left out.

        Raises:
            DataError: the file cannot be written.
        """
        if step <= self.step:
            return False
        self.step = step
        self.save()
        return True

    def save(self) -> None:
        """Write the file.

        Raises:
            DataError: it cannot be written.
        """
        with whole_file(self._file) as path:
            path.write_text(json.dumps({"run": self.run, "step": self.step}), encoding="utf-8")
