"""A run is evaluated on the split it was trained on."""

import json
from pathlib import Path

from vireid.data import DataFolder, open_data
from vireid.errors import ConfigError
from vireid.runs import Run


def open_for(run: Run, path: Path, trial: int | None = None) -> DataFolder:
    """Open data to evaluate a run on.

    Args:
        run: the run; it knows the trial it was trained on.
        path: the data.
        trial: which split; that of the run if not given.

    Returns:
        The data.

    Raises:
        ConfigError: the trial does not apply or exist, or its test people are those that the run
            was trained on.
        DataError: the data cannot be read.
    """
    data, trained = open_data(path, trial=trial), _trained(run)
    if data.trial is None or trained is None or trained == data.trial:
        return data
    if trial is None:
        return open_data(path, trial=trained)
    raise ConfigError(
        f"{run.folder} was trained on trial {trained}, which has seen people of the test part of "
        f"trial {trial}; leave --trial out"
    )


def _trained(run: Run) -> int | None:
    """Return the trial a run was trained on, if any."""
    try:
        trial = json.loads(run.data_file.read_text(encoding="utf-8"))["trial"]
    except (OSError, ValueError, LookupError, TypeError):
        return None  # runs without a trial, or older than this file
    return trial if isinstance(trial, int) else None
