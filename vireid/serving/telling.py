"""What is told of what was done: first a line in the audit log, then the answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from vireid.serving.audit import Audit, Entry
from vireid.serving.threads import T, inside

THREADS = 4
"""That write the audit log and put answers together."""


class Telling:
    """Writes the audit log in threads of its own.

    Args:
        path: of the audit log.

    Raises:
        DataError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._audit = Audit(path)
        self._threads = ThreadPoolExecutor(THREADS, "vireid-telling")

    async def note(self, entry: Entry) -> None:
        """Add a line to the audit log; it lies on the disk when this returns.

        Args:
            entry: what was done.
        """
        await self.tell(entry, lambda: None)

    async def tell(self, entry: Entry, make: Callable[[], T]) -> T:
        """Add a line to the audit log, and then make what is told of it; both in one thread.

        Args:
            entry: what was done.
            make: makes it; it may look for files.

        Returns:
            What it made.
        """

        def noted() -> T:
            self._audit.note(entry)
            return make()

        return await inside(self._threads, noted)

    def close(self) -> None:
        """Finish what is under way."""
        self._threads.shutdown()
        self._audit.close()
