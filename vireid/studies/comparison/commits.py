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
        where the package lies in no checkout.
    """
    if _git(home, "ls-files", "--error-unmatch", "__init__.py") is None:
        try:
            return f"{PACKAGE} {version(PACKAGE)}"
        except PackageNotFoundError:  # on the path, and not installed
            return f"{PACKAGE} of no known version"
    commit = _git(home, "rev-parse", "--short=10", "HEAD")
    return f"{commit}{'+' if _git(home, 'status', '--porcelain', '--', '.') else ''}"


def _git(home: Path, *words: str) -> str | None:
    """Return what git answers; None where there is no git, or it refuses."""
    try:
        answer = subprocess.run(
            ["git", "-C", str(home), *words], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()
