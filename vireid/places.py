"""A folder of the user's own where the installation and the home are read-only."""

import os
import stat
import tempfile
from pathlib import Path


def temporary_folder() -> Path | None:
    """Return ``vireid-UID`` in the folder of temporary files, made where it is missing.

    What lies in it may be run, so a folder that others made or can write to is not taken.

    Returns:
        The folder; None where there is none that only this user can write to.
    """
    try:
        base = Path(tempfile.gettempdir())
        if base == Path.cwd() and "TMPDIR" not in os.environ:
            return None  # what tempfile falls back to
        folder = base / f"vireid-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    own = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return folder if own and not status.st_mode & 0o077 else None


def place_for_matplotlib() -> None:
    """Give matplotlib a folder for its list of fonts, where its usual one cannot be written to.

    It would warn, and make the list anew each time. ``MPLCONFIGDIR`` is left as it is.
    """
    if os.environ.get("MPLCONFIGDIR"):
        return
    usual = Path(os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config"))  # noqa: PTH111
    if usual.is_absolute():
        there = next(folder for folder in (usual, *usual.parents) if folder.exists())
        if os.access(there, os.W_OK):
            return
    folder = temporary_folder()
    if folder is not None:
        os.environ["MPLCONFIGDIR"] = str(folder / "matplotlib")
