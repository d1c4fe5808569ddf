"""A network is evaluated on the split it was trained on."""

from pathlib import Path

from vireid.data import DataFolder, open_data
from vireid.errors import ConfigError


def open_for(source: Path, trained: int | None, path: Path, trial: int | None = None) -> DataFolder:
    """Open data to evaluate a network on.

    Args:
        source: the run or the weights, for messages.
        trained: the trial it was trained on, where known.
        path: the data.
        trial: which split; that of the training if not given.

    Returns:
        The data.

    Raises:
        ConfigError: the trial does not apply or exist, or its test people are those that the
            network was trained on.
        DataError: the data cannot be read.
    """
    data = open_data(path, trial=trial)
    if data.trial is None or trained is None or trained == data.trial:
        return data
    if trial is None:
        return open_data(path, trial=trained)
    raise ConfigError(
        f"{source} was trained on trial {trained}, which has seen people of the test part of "
        f"trial {trial}; leave --trial out"
    )
