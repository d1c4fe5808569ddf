"""A network is evaluated on the split it was trained on."""

import warnings
from pathlib import Path

from vireid.data import DataFolder, open_data
from vireid.errors import ConfigError
from vireid.runs import Origin


def open_for(source: Path, trained: Origin, path: Path, trial: int | None = None) -> DataFolder:
    """Open data to evaluate a network on.

    Args:
        source: the run or the weights, for messages.
        trained: the data it was trained on, as far as known.
        path: the data.
        trial: which split; the number of the training's if not given.

    Returns:
        The data.

    Raises:
        ConfigError: the trial does not apply or exist, or its test people are those that the
            network was trained on.
        DataError: the data cannot be read.
    """
    data = open_data(path, trial=trial)
    if data.trial is None or trained.trial is None or trained.trial == data.trial:
        return data
    if trial is None:
        return open_data(path, trial=trained.trial)
    here = _without_trial(data.name, data.trial)
    if trained.data is None or _without_trial(trained.data, trained.trial) == here:
        raise ConfigError(
            f"{source} was trained on trial {trained.trial}, which has seen people of the test "
            f"part of trial {trial}; leave --trial out"
        )
    warnings.warn(
        f"{source} was trained on {trained.data}: trial {trial} of {here} is a fair test only if "
        "that is other data, not the same under another name",
        stacklevel=2,
    )
    return data


def _without_trial(name: str, trial: int) -> str:
    """Return what data of several splits is called as a whole."""
    return name.removesuffix(f", trial {trial}")
