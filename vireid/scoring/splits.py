"""A network is evaluated on the split it was trained on."""

import warnings
from pathlib import Path

from vireid.data import DataFolder, open_data
from vireid.errors import ConfigError
from vireid.runs import Origin


def open_for(
    source: Path, trained: Origin, where: DataFolder | Path | str, trial: int | None = None
) -> DataFolder:
    """Open data to evaluate a network on.

    Args:
        source: the run or the weights, for messages.
        trained: the data it was trained on, as far as known.
        where: the data's path, or the data as it was opened, on the split that is meant.
        trial: which split of the path; the number of the training's if not given.

    Returns:
        The data.

    Raises:
        ConfigError: the trial does not apply or exist, or its test people are those that the
            network was trained on.
        DataError: the data cannot be read.
    """
    data = _opened(where, trial)
    if data.trial is None or trained.trial is None or trained.trial == data.trial:
        return data
    if trial is None and not isinstance(where, DataFolder):
        return _opened(where, trained.trial)
    here = _without_trial(data.name, data.trial)
    if trained.data is None or _without_trial(trained.data, trained.trial) == here:
        raise ConfigError(
            f"{source} was trained on trial {trained.trial}, which has seen people of the test "
            f"part of trial {data.trial}; leave --trial out"
        )
    warnings.warn(
        f"{source} was trained on {trained.data}: trial {data.trial} of {here} is a fair test only "
        "if that is other data, not the same under another name",
        stacklevel=2,
    )
    return data


def _opened(where: DataFolder | Path | str, trial: int | None) -> DataFolder:
    """Return the data of a path, or those given."""
    if not isinstance(where, DataFolder):
        return open_data(Path(where).expanduser(), trial=trial)
    if trial not in {None, where.trial}:
        raise ConfigError(
            f"trial is {trial}, but the data given is {where.name}; give its path, or leave trial "
            "out"
        )
    return where


def _without_trial(name: str, trial: int) -> str:
    """Return what data of several splits is called as a whole."""
    return name.removesuffix(f", trial {trial}")
