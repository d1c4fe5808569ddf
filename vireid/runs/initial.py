"""Which initial weights a run began from, as its folder says."""

import json
from dataclasses import asdict

from vireid.files import whole_file
from vireid.models import InitialWeights
from vireid.runs.folder import Run


def note_initial(run: Run, initial: InitialWeights) -> None:
    """Write which weights a run begins from.

    Args:
        run: the run's folder, which exists.
        initial: where they come from.

    Raises:
        SaveError: the file cannot be written.
    """
    with whole_file(run.weights_file) as file:
        file.write_text(json.dumps(asdict(initial)), encoding="utf-8")


def initial_change(run: Run, initial: InitialWeights) -> str | None:
    """Say how weights differ from those that a run began from.

    Args:
        run: the run's folder.
        initial: what the same settings give now.

    Returns:
        A line; None where they are the same, or the folder does not say.
    """
    try:
        found = json.loads(run.weights_file.read_text(encoding="utf-8"))
        changed = found["sha256"] != initial.sha256
        before = _words(found["source"], found["revision"], found["sha256"])
    except (OSError, ValueError, LookupError, TypeError):
        return None  # older than this file
    if not changed:
        return None
    now = _words(initial.source, initial.revision, initial.sha256)
    return f"initial weights are others than {run.folder} began from: {before}; now {now}"


def _words(source: str | None, revision: str | None, sha256: str | None) -> str:
    """Return what tells weights from others."""
    at = "" if revision is None else f" {revision}"
    return f"{source}{at}, SHA-256 {sha256}"
