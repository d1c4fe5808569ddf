"""What the name of a protocol says of whose statistics were taken off embeddings."""

from vireid.config import Centre
from vireid.errors import number_of
from vireid.runs.centring_data import are_of
from vireid.types import Images, NamedStatistics

CENTRED: dict[Centre, str] = {
    "none": "",
    "training": ", centred by training cameras",
    "own": ", centred by test cameras",
}
"""By the word for it, where ``own`` are statistics of the test images."""


def centred_words(statistics: NamedStatistics | None, images: Images) -> str:
    """Return what is said of statistics that were taken off embeddings before these were given.

    Args:
        statistics: that were taken off; None where none were.
        images: the test images.

    Returns:
        As ``CENTRED`` has it; statistics of other images than those of the training or of the test
        are named by how many there were.
    """
    if statistics is None:
        return CENTRED["none"]
    if statistics.of == "training" or are_of(statistics, images):
        return CENTRED[statistics.of]
    return f", centred by cameras of {number_of(statistics.count, 'image')}"
