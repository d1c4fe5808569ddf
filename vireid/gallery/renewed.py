"""Rows with new embeddings."""

import numpy as np

from vireid.gallery.facts import Facts
from vireid.gallery.schema import rows_table
from vireid.ranking import Gallery


def renewed_table(facts: Facts, gallery: Gallery) -> object:
    """Return rows with new embeddings; all else is as it was.

    Args:
        facts: of N rows.
        gallery: their images, embedded anew.

    Returns:
        N rows, as an arrow table.
    """
    vectors, count = gallery.embeddings.vectors, len(facts)
    rows = np.arange(count)
    columns = {
        "id": facts.id,
        "key": [key.decode() for key in facts.key.tolist()],
        "vector": vectors,
        "modality": facts.modality.astype(np.int8),
        "camera": [facts.cameras[code] for code in facts.camera.tolist()],
        "time": facts.time,
        "track": [facts.tracks[code] for code in facts.track.tolist()],
        "path": facts.paths(rows),
        "content": facts.contents(rows),
        "network": [gallery.network] * count,
        "added": facts.added,
        "expires": facts.expires,
    }
    return rows_table(columns, vectors.shape[1])
