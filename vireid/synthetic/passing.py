"""Which cameras of one modality a person walks past."""

from collections.abc import Sequence

from vireid.seeds import generator
from vireid.types import Modality


def passed(
    seed: int,
    identity: int,
    kind: Modality,
    cameras: Sequence[int],
    most: int,
    overlap: float,
) -> list[int]:
    """Draw the cameras that a person walks past.

    Whoever passes a camera at one overlap does so at every larger one.

    Args:
        seed: the data set's seed.
        identity: number of the person.
        kind: the modality of the cameras.
        cameras: numbers of the cameras that may be passed, at least one.
        most: of how many of them the way leads past, at least 1; which ones is drawn where there
            are more.
        overlap: probability that the person passes a camera on the way, 0 to 1, independent for
            each. Who would pass none passes one of them.

    Returns:
        Numbers of cameras, at least one.

    >>> passed(0, 1, Modality.INFRARED, [3, 6], most=2, overlap=1.0)
    [3, 6]
    """
    way = list(cameras)
    if most < len(way):
        rng = generator(seed, "identity", identity, "cameras", int(kind))
        way = rng.choice(way, most, replace=False).tolist()
    luck = {k: generator(seed, "identity", identity, "passes", k).random() for k in way}
    return [k for k in way if luck[k] < overlap] or [min(way, key=luck.__getitem__)]
