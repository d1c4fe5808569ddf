"""Write a file whole or not at all."""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom
from pathlib import Path

from vireid.errors import DataError, VireidError

UNFINISHED = ".part"
"""How the name of a file ends that `lone_writer` is writing, or was when it was killed."""


@contextmanager
def whole_file(
    path: Path, error: type[VireidError] = DataError, mode: int | None = None
) -> Iterator[Path]:
    """Yield a path to write to; what was written takes the place of the file at the end.

    An older file of that name stays as it is until the new one is complete and on the disk,
    whenever the process is killed. Folders are made where they are missing.

    Args:
        path: the file.
        error: what is raised if it cannot be written.
        mode: who may read the new file; as the process's umask says where not given.

    Yields:
        A path beside the file.

    Raises:
        VireidError: of the class given: the disk is full or the place cannot be written to.
    """
    temporary, written = path.with_name(f".{path.name}.{os.getpid()}"), False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if mode is None:
            mode = _usual_mode(temporary)
        else:
            _begin(temporary, mode)
        yield temporary
        with temporary.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) != mode:
                os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        temporary.replace(path)
        written = True  # from here on a file of that name is another writer's
        _persist(path.parent)
    except OSError as problem:
        raise _explained(path, problem, error) from problem
    finally:
        if not written:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


@contextmanager
def lone_writer(path: Path, error: type[VireidError] = DataError) -> Iterator[BufferedRandom]:
    """Yield an empty file to write to, once no other process is writing the same one.

    Like ``whole_file``, for large files that several processes may want at once: one writes, the
    others wait. If nothing was written, the file stays as it is, so that who has waited looks
    first whether there is anything left to do. What dead processes left in the folder is removed.

    Args:
        path: the file.
        error: what is raised if it cannot be written.

    Yields:
        An open file beside it, at its start.

    Raises:
        VireidError: of the class given: the disk is full or the place cannot be written to.
    """
    part = path.with_name(f".{path.name}{UNFINISHED}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for other in path.parent.glob(f".*{path.suffix}{UNFINISHED}"):
            _remove_if_left(other)
        with locked_file(part) as file:
            try:
                file.truncate(0)
                yield file
                if file.seek(0, os.SEEK_END):
                    file.flush()
                    os.fsync(file.fileno())
                    part.replace(path)
                    _persist(path.parent)
            finally:
                if _is_at(file, part):
                    part.unlink()
    except OSError as problem:
        raise _explained(path, problem, error) from problem


def _usual_mode(path: Path) -> int:
    """Return the permissions of a new file at a path; none is left there."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        return stat.S_IMODE(os.fstat(handle).st_mode)
    finally:
        os.close(handle)
        path.unlink()


def _begin(path: Path, mode: int) -> None:
    """Make an empty file that nobody else may read at any time, where the mode says so."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode))


def _persist(folder: Path) -> None:
    """Bring the names in a folder to the disk, where it may be read and its system can do that."""
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as problem:
            if problem.errno not in {errno.EINVAL, errno.ENOTSUP}:
                raise
        finally:
            os.close(handle)


@contextmanager
def locked_file(path: Path, mode: int = 0o666) -> Iterator[BufferedRandom]:
    """Open a file for reading and writing that no other process has locked, and lock it.

    Args:
        path: the file; it is made where it is missing.
        mode: who may read a file that is made, less what the process's umask forbids.

    Yields:
        The file.

    Raises:
        OSError: it cannot be opened.
    """
    while True:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, mode), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(file, path):  # else who had the lock has renamed or removed it meanwhile
                yield file
                return


def _is_at(file: BufferedRandom, path: Path) -> bool:
    """Tell whether an open file is still the one at a path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _remove_if_left(part: Path) -> None:
    """Remove an unfinished file unless a living process holds its lock."""
    with suppress(OSError), part.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_at(file, part):
            part.unlink()


def _explained(path: Path, problem: OSError, error: type[VireidError]) -> VireidError:
    """Return the error that says what to do."""
    full = problem.errno in {None, errno.ENOSPC, errno.EDQUOT}
    advice = "free some space or choose another place" if full else "choose another place"
    return error(f"cannot write {path}: {problem.strerror or problem}; {advice}")
