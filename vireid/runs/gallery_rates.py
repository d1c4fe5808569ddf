"""How often comparisons of embedded images err, learned from the images by labelling them."""

from typing import Any

import numpy as np

from vireid.cluster import Search, track_groups, track_spans
from vireid.errors import DataError
from vireid.labelling.given import Given, given
from vireid.labelling.repeated import DRAWS, SHARE, repeated_labels
from vireid.labelling.tracks import tracks_of
from vireid.metrics import Seen, error_rates
from vireid.ranking import Gallery, MatchRates
from vireid.types import NOISE, Int, Known, Modality

MOST = 10_000
"""Images of a modality that are compared, at most; more are thinned evenly."""
PAIRS = ((0, 0), (0, 1), (1, 1))
"""Of modalities."""


def gallery_rates(
    gallery: Gallery, *, draws: int = DRAWS, search: Search | None = None
) -> MatchRates:
    """Learn the rates from embedded images, as ``calibrate`` does.

    Args:
        gallery: N embedded images that the network was not trained on.
        draws: subsets that are labelled.
        search: finds neighbours.

    Returns:
        The rates.

    Raises:
        DataError: there are no images, or they hold no two clusters.
    """
    if not len(gallery):
        raise DataError("there is no image to learn from; expected many people, each several times")
    features = given(gallery, None)  # type: ignore[arg-type]  # a gallery knows its images
    generator = np.random.default_rng(0)
    labellings = repeated_labels(features, draws=draws, generator=generator, search=search)
    clusters = int(labellings[0].max(initial=NOISE)) + 1
    side, seen = gallery.embeddings.modality, _seen(features)
    if clusters < 2:
        raise DataError(_too_few(side, clusters))
    chosen = _thinned(side)
    pairs = tuple(
        error_rates(
            gallery.vectors, side, labellings, (Modality(a), Modality(b)), seen=seen, chosen=chosen
        )
        for a, b in PAIRS
        if {a, b} <= set(side.tolist())
    )
    made = _made(features, labellings, chosen, seen)
    return MatchRates(pairs, gallery.network, gallery.source, made)


def _too_few(modality: Int, clusters: int) -> str:
    """Say of what there was too little."""
    counts = {side.name.lower(): int((modality == side).sum()) for side in Modality}
    images = " and ".join(f"{count:,} {side}" for side, count in counts.items() if count)
    both = " in either modality" if all(counts.values()) else ""
    other = ", or those of one modality alone" if both else ""
    return (
        f"{images} images make {clusters} clusters; expected many people, each several times"
        f"{both}: give more images{other}"
    )


def _seen(features: Given) -> Seen | None:
    """Return when and where the tracks of images were seen; None where there are none."""
    known = features.known
    track = None if known is None else tracks_of(known)
    if known is None or track is None:
        return None
    groups = track_groups(known.modality, known.camera, track)
    spans = track_spans(groups, known.modality, known.camera, track, known.time)
    return Seen(groups, spans.place[groups], spans.begin[groups], spans.end[groups])


def _thinned(modality: Int) -> Int:
    """Return the images that are compared: evenly spaced ones where there are very many."""
    found = []
    for side in Modality:
        rows = np.flatnonzero(modality == side)
        count = min(len(rows), MOST)
        found.append(rows[np.arange(count) * len(rows) // max(1, count)])
    return np.sort(np.concatenate(found))


def _made(features: Given, labellings: Int, chosen: Int, seen: Seen | None) -> dict[str, Any]:
    """Say how rates were obtained."""
    known = features.known
    assert isinstance(known, Known)
    sides = {side.name.lower(): int((known.modality == side).sum()) for side in Modality}
    return {
        "method": "comparisons on which labellings agree",
        "images": sides,
        "compared": len(chosen),
        "unlabelled": round(float((labellings[0] == NOISE).mean()), 4),
        "labellings": len(labellings),
        "share_of_a_subset": SHARE,
        "tracks": None if seen is None else len(np.unique(seen.track)),
    }
