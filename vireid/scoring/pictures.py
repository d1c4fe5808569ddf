"""A figure of the worst, the middle and the best queries with their ranked galleries."""

from pathlib import Path

from vireid.data import DataFolder
from vireid.data.pixels.images import decode_image
from vireid.files import whole_file
from vireid.pages import draw_ranked_list
from vireid.scoring.choice import known_truth
from vireid.scoring.examples import ranked_examples
from vireid.scoring.networks import Scored


def draw_examples(path: Path, scored: Scored, data: DataFolder, *, rerank: bool) -> None:
    """Draw the ranked lists of some queries of the first draw, worst to best.

    Args:
        path: the PNG to write.
        scored: its last network is shown.
        data: whose test images are shown.
        rerank: whether the lists are re-ranked.

    Raises:
        DataError: the file cannot be written.
    """
    examples = ranked_examples(
        scored.embeddings,
        known_truth(data),
        scored.protocol,
        scored.last.draws[0].queries,
        rerank=rerank,
    )
    rows, marks, captions = [], [], []
    for example in examples:
        indices = [example.query, *example.gallery.tolist()]
        rows.append([decode_image(data.test, int(i)) for i in indices])
        marks.append([None, *(bool(right) for right in example.right)])
        name = data.test.paths[example.query]
        captions.append(f"{example.kind}:  {name}   average precision {example.precision:.0%}")
    with whole_file(path) as whole:
        draw_ranked_list(rows, marks, whole, captions)
