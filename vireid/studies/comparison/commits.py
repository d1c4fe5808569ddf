"""The commit of the code that trains, where it lies in a checkout."""

import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from vireid.studies.code import PACKAGE

HOME = Path(__file__).resolve().parents[2]
"""Where the package lies."""


def commit_of_code(home: Path = HOME) -> str:
    """Name the code that trains, so that a row of a table can be made again.

    Args:
        home: folder of a package.

    Returns:
        The commit, with a plus behind where files of the package have changed since; the version
        where the package lies in no checkout; that nobody knows it where it is not installed
        either.
    """
    if _git(home, "ls-files", "--error-unmatch", "__init__.py") is None:
        return f"{PACKAGE} {_version()}"
    commit = _git(home, "rev-parse", "--short=10", "HEAD")
    return f"{commit}{'+' if _git(home, 'status', '--porcelain', '--', '.') else ''}"


def _version() -> str:
    """Return the version of the package that is installed."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:  # a copy that is only on the path
        return "of unknown version"


def _git(home: Path, *words: str) -> str | None:
    """Return what git answers; None where there is no git, or it refuses."""
    try:
        answer = subprocess.run(
            ["git", "-C", str(home), *words], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()
