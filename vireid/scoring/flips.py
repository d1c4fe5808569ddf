"""A network scored with and without its mirror images, each image passed once on either side."""

from collections.abc import Iterator, Sequence

from vireid.data import DataFolder
from vireid.data.pixels.decoding import Pixels
from vireid.models import CrossModalNetwork
from vireid.models.extract import extract_both
from vireid.observers import Progress, silent
from vireid.scoring.choice import known_truth
from vireid.scoring.protocol import Protocol
from vireid.scoring.scores import ProtocolScores, score


def score_both(
    network: CrossModalNetwork,
    pixels: Pixels,
    data: DataFolder,
    protocols: Sequence[Protocol],
    *,
    progress: Progress = silent,
) -> Iterator[tuple[bool, ProtocolScores]]:
    """Score a network by some protocols, flips off and on, in two passes in place of three.

    Args:
        network: on the device where it embeds.
        pixels: [M, H, W, 3] of the test images.
        data: the M test images, with their identities.
        protocols: queries and galleries.
        progress: shows how far the embedding is.

    Yields:
        For each protocol the scores without mirror images (False), then with them (True).

    Raises:
        DataError: an embedding is not finite, or identities are unknown.
    """
    truth = known_truth(data)
    with progress("embedding test images") as tell:
        plain, averaged = extract_both(network, pixels, data.test.modality, progress=tell)
    for protocol in protocols:
        yield False, score(plain, truth, protocol)
        yield True, score(averaged, truth, protocol)
