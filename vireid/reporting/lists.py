"""The worst, median and best queries with their ranked galleries, as rows of small pictures."""

from vireid.data import DataFolder
from vireid.pages import Strip
from vireid.ranking import Gallery
from vireid.reporting.thumbnails import shot
from vireid.scoring import choose_protocol, score
from vireid.scoring.choice import known_truth
from vireid.scoring.examples import ranked_examples

TOP = 10
"""Gallery images for each query."""


def ranked_lists(gallery: Gallery, data: DataFolder) -> tuple[str, tuple[Strip, ...]]:
    """Rank the galleries of a few queries by the protocol of the data.

    Args:
        gallery: all test images with their embeddings.
        data: whose test images these are, with identities.

    Returns:
        Name of the protocol, and a row for each query, the worst first.

    Raises:
        DataError: no query has a match, or the data fit no protocol.
    """
    protocol, truth, images = choose_protocol(data), known_truth(data), gallery.images
    scores = score(gallery.embeddings, truth, protocol).draws[0].queries
    strips = []
    for example in ranked_examples(gallery.embeddings, truth, protocol, scores, top=TOP):
        shots = shot(images, example.query, "query", what="query")
        for rank, (index, right) in enumerate(
            zip(example.gallery.tolist(), example.right.tolist(), strict=True), 1
        ):
            word = "right" if right else "wrong"
            shots += shot(images, index, word, what=f"rank {rank}, {word}")
        note = f"{images.paths[example.query]}; average precision {example.precision:.0%}"
        strips.append(Strip(f"{example.kind.capitalize()} query", note, tuple(shots)))
    return protocol.name, tuple(strips)
