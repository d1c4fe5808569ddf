"""What has to be known of cameras where a study takes off statistics of the training images."""

import warnings
from collections.abc import Iterator, Mapping

import numpy as np

from vireid.config import Centre
from vireid.data import DataFolder
from vireid.errors import ConfigError
from vireid.runs.centring import statistics_of, unseen_words
from vireid.runs.centring_data import data_of, other_cameras_words
from vireid.types import Embeddings, NamedStatistics


def demand_cameras(data: Mapping[str, DataFolder], centre: Centre) -> None:
    """Refuse to take off statistics of cameras that no training can know.

    Args:
        data: what is trained on, by name.
        centre: whose statistics are taken off test embeddings.

    Raises:
        ConfigError: they are those of training images that do not say their cameras.
    """
    unknown = [name for name, folder in data.items() if folder.train.known().camera is None]
    if centre == "training" and unknown:
        raise ConfigError(
            f"--centre training: no training image of {unknown[0]} says its camera; say --centre "
            "own or none, or leave these data out"
        )


def warn_of_other_cameras(
    data: Mapping[str, DataFolder], test: Mapping[str, DataFolder], centre: Centre
) -> None:
    """Warn where the cameras of test images may be others than those that are taken off them.

    Args:
        data: what is trained on, by name.
        test: whose test part is scored, by the same names.
        centre: whose statistics are taken off test embeddings.
    """
    if centre != "training":
        return
    for name, folder in data.items():
        for line in _doubts(_named_alone(folder), test[name]):
            warnings.warn(f"trained on {name}, tested on {test[name].name}: {line}", stacklevel=3)


def _doubts(statistics: NamedStatistics, test: DataFolder) -> Iterator[str]:
    """Yield what ``evaluate`` will say of test images that statistics are taken off."""
    for line in (
        other_cameras_words(statistics, test.test, test.train),
        unseen_words(statistics, test.test),
    ):
        if line:
            yield line


def _named_alone(folder: DataFolder) -> NamedStatistics:
    """Return statistics of training images before there are embeddings: names and counts count."""
    images = folder.train
    nothing = Embeddings(np.ones((len(images), 1), dtype=np.float32), images.modality)
    return statistics_of(nothing, images, "training", data_of(images, folder.name))
