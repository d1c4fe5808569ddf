"""Paths without names of users and of machines, for texts that are shown to others."""

import os
import re
from pathlib import Path

VARIABLES = (
    "NUMBA_CACHE_DIR", "HF_HUB_CACHE", "HF_HOME", "TORCH_HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME",
    "VIRTUAL_ENV", "TMPDIR",
)  # fmt: skip
"""What a path may be written by in place of its first folders, the most special one first."""
ELSEWHERE = "(elsewhere)"
"""What stands for folders that nothing names."""
_PATH = re.compile(r"(?<![\w.~$)/])/(?:[^/\s'\":,]+/)+")


def told_path(path: Path | str) -> str:
    """Return a path that names neither a user nor a machine.

    Args:
        path: any path.

    Returns:
        The path behind ``~`` or behind the variable of the environment that it lies below; of any
        other path its last part alone.
    """
    whole = Path(path).absolute()
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home raises where there is none
    named = [(f"${name}", os.environ.get(name, "")) for name in VARIABLES]
    for name, folder in (*named, ("~", str(home) if home.is_absolute() else "")):
        if folder and len(Path(folder).parts) > 1 and whole.is_relative_to(folder):
            rest = whole.relative_to(folder).as_posix()
            return name if rest == "." else f"{name}/{rest}"
    return f"{ELSEWHERE}/{whole.name}"


def without_places(text: str) -> str:
    """Return the text of an error without the folders that it names.

    Args:
        text: any text.

    Returns:
        Its first line, the home as ``~``; of each other absolute path only the last part is left.

    >>> without_places("no such file: '/home/of-another/data/a.npz'")
    "no such file: '(elsewhere)/a.npz'"
    """
    line = next(iter(text.splitlines()), "no message")
    home = os.path.expanduser("~")  # noqa: PTH111 - as above
    if len(Path(home).parts) > 1:
        line = re.sub(rf"{re.escape(home)}(?![\w.-])", "~", line)
    return _PATH.sub(f"{ELSEWHERE}/", line)
