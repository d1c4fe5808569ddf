"""Write a file whole or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vireid.errors import DataError, VireidError


@contextmanager
def whole_file(path: Path, error: type[VireidError] = DataError) -> Iterator[Path]:
    """Yield a path to write to; what was written takes the place of the file at the end.

    An older file of that name stays as it is until the new one is complete and on the disk,
    whenever the process is killed. Folders are made where they are missing.

    Args:
        path: the file.
        error: what is raised if it cannot be written.

    Yields:
        A path beside the file.

    Raises:
        VireidError: of the class given: the disk is full or the place cannot be written to.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as problem:
        full = problem.errno in {None, errno.ENOSPC, errno.EDQUOT}
        advice = "free some space or choose another place" if full else "choose another place"
        raise error(f"cannot write {path}: {problem.strerror or problem}; {advice}") from problem
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
