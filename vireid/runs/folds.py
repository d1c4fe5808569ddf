"""A network is evaluated, and its errors are learned, on the fold it was trained on."""

import warnings
from pathlib import Path

from vireid.data import DataFolder, open_data
from vireid.errors import ConfigError
from vireid.runs.folder import Origin


def open_for(
    source: Path, trained: Origin, where: DataFolder | Path | str, fold: int | None = None
) -> DataFolder:
    """Open data to evaluate a network on.

    Args:
        source: the run or the weights, for messages.
        trained: the data it was trained on, as far as known.
        where: the data's path, or the data as it was opened, on the fold that is meant.
        fold: which fold of the path's data; that of the training if not given.

    Returns:
        The data.

    Raises:
        ConfigError: the fold does not apply or exist, or its test people are those that the
            network was trained on.
        DataError: the data cannot be read.
    """
    data = _opened(where, fold)
    if data.fold is None or trained.fold is None or trained.fold == data.fold:
        return data
    if fold is None and not isinstance(where, DataFolder):
        return _opened(where, trained.fold)
    here = _without_fold(data.name, data.fold)
    if trained.data is None or _without_fold(trained.data, trained.fold) == here:
        raise ConfigError(
            f"{source} was trained on fold {trained.fold}, which has seen people of the test "
            f"part of fold {data.fold}; leave --fold out"
        )
    warnings.warn(
        f"{source} was trained on {trained.data}: fold {data.fold} of {here} is a fair test only "
        "if that is other data, not the same under another name",
        stacklevel=2,
    )
    return data


def _opened(where: DataFolder | Path | str, fold: int | None) -> DataFolder:
    """Return the data of a path, or those given."""
    if not isinstance(where, DataFolder):
        return open_data(Path(where).expanduser(), fold=fold)
    if fold not in {None, where.fold}:
        raise ConfigError(
            f"fold is {fold}, but the data given is {where.name}; give its path, or leave fold out"
        )
    return where


def _without_fold(name: str, fold: int) -> str:
    """Return what data of several folds is called as a whole; 0.1.0 called them trials."""
    return name.removesuffix(f", fold {fold}").removesuffix(f", trial {fold}")
