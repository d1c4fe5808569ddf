"""Which images statistics of cameras are of, and whether those at hand are of the same cameras."""

import hashlib
import os
from pathlib import Path

import numpy as np

from vireid.errors import some
from vireid.types import ANY, Images, Modality, NamedStatistics, StatisticsData


def data_of(images: Images, name: str | None = None) -> StatisticsData:
    """Return by what images are told from others.

    Args:
        images: N images; where no file is there, nothing tells them from others.
        name: what their data is called; the name of their folder where not given.

    Returns:
        It.
    """
    place = next(iter(_places(images)), "")
    return StatisticsData(name or images.root.name or "memory", place, _digest(images))


def are_of(statistics: NamedStatistics, images: Images) -> bool:
    """Tell whether statistics are of some images.

    Args:
        statistics: of cameras.
        images: N images.

    Returns:
        True where they are of these and of no others; where the statistics do not say of which
        they are, or images have no files, True where they count as many images of each camera.
    """
    digests = statistics.data and statistics.data.images, _digest(images)
    if all(digests):
        return digests[0] == digests[1]
    counts = zip(
        statistics.modality.tolist(), statistics.camera, statistics.images.tolist(), strict=True
    )
    return not statistics.unseen(images) and all(
        count == _count(images, kind, name) for kind, name, count in counts
    )


def other_cameras_words(
    statistics: NamedStatistics, images: Images, train: Images | None = None
) -> str | None:
    """Say which cameras may be others than those that the statistics are of.

    Cameras are found by their names. One that is called by its number alone, as in the layouts of
    SYSU-MM01, LLCM and RegDB, is another one in each data set.

    Args:
        statistics: of cameras.
        images: N images, off whose embeddings they were taken.
        train: the training images of the same data, where known.

    Returns:
        A line; None where cameras have names, or the images are of the data of the statistics:
        the training images are those of the statistics; or, where these are not known or the
        statistics are of no training, the images lie in the same folder. Images without files are
        only known to be those that statistics of their own were just made of.
    """
    numbers = np.unique(np.stack([images.modality, images.camera]), axis=1).T.tolist()
    bare = [
        f"{Modality(kind).name.lower()} camera {number}"
        for kind, number in numbers
        if number and number not in images.cameras and statistics.knows(kind, str(number))
    ]
    if not bare or _same_data(statistics, images, train):
        return None
    whose = statistics.words if statistics.data else f"{statistics.words} of unknown data"
    return (
        f"what was taken off is of {whose}, and nothing but numbers says that the "
        f"cameras of these images are the same ({some(bare)}); if they are others, the "
        "similarities mean nothing: say --centre own or none, or train and embed with named cameras"
    )


def _count(images: Images, kind: int, name: str) -> int:
    """Count the images of a camera, or of a modality, by its name."""
    numbers = images.camera[images.modality == kind].tolist()
    return sum(name == ANY or (number and images.camera_name(number) == name) for number in numbers)


def _same_data(statistics: NamedStatistics, images: Images, train: Images | None) -> bool:
    """Tell whether images are of the data of statistics, as far as can be told."""
    data = statistics.data
    if data is None:
        return False
    # each of several manifests in one folder may have cameras of its own
    told = statistics.of == "training" and train is not None
    if not told and data.place in _places(images):
        return True
    if any(data.images == _digest(one) for one in (images, train) if data.images and one):
        return True
    return statistics.of == "own" and not data.images and are_of(statistics, images)


def _places(images: Images) -> list[str]:
    """Return digests of the folder of images and of all that it lies in; none without a folder."""
    if images.root == Path() and not any(Path(path).exists() for path in images.paths[:1]):
        return []
    place = Path(os.path.realpath(images.root))
    return [_short(str(one)) for one in (place, *place.parents)]


def _digest(images: Images) -> str:
    """Return a text that changes with images, not with their order; none where no file is there."""
    lines, there = [], False
    for path, kind, camera in zip(
        images.paths, images.modality.tolist(), images.camera.tolist(), strict=True
    ):
        try:
            size, there = (images.root / path).stat().st_size, True
        except OSError:
            size = -1
        lines.append(f"{path}\0{size}\0{kind}\0{images.camera_name(camera)}")
    return _short("\n".join(sorted(lines))) if there else ""


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
