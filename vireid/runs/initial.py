"""Which initial weights a run began from, as its folder says."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vireid.files import whole_file
from vireid.models import InitialWeights
from vireid.runs.folder import Run
from vireid.runs.former import WAY


def note_initial(run: Run, initial: InitialWeights) -> None:
    """Write which weights a run begins from, and on what an earlier run of theirs was trained.

    Args:
        run: the run's folder, which exists.
        initial: where they come from.

    Raises:
        SaveError: the file cannot be written.
    """
    told: dict[str, Any] = asdict(initial)
    if initial.way == WAY and initial.source is not None:
        before = Run(Path(initial.source).parent.parent)
        told["trained_on"] = [before.beside(), *former_data(before)]
    with whole_file(run.weights_file) as file:
        file.write_text(json.dumps(told), encoding="utf-8")


def former_data(run: Run) -> list[dict[str, Any]]:
    """Return what is known of the data of the runs that a run began from.

    Args:
        run: the run's folder.

    Returns:
        For each of them, the nearest first, what its ``data.json`` says; empty where that is
        unknown.
    """
    try:
        told = json.loads(run.weights_file.read_text(encoding="utf-8"))["trained_on"]
    except (OSError, ValueError, LookupError, TypeError):
        return []
    return [one if isinstance(one, dict) else {} for one in told] if isinstance(told, list) else []


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
