"""Sheets of clusters and of matched pairs: the largest, the purest and the most doubtful."""

from collections.abc import Iterator, Sequence

import numpy as np

from vireid.errors import number_of
from vireid.pages import Lines, Part, Section, Shot, Strip
from vireid.ranking import Gallery
from vireid.reporting.embedding import Shown
from vireid.reporting.labelled import Cluster, clusters, label_again
from vireid.reporting.thumbnails import shot
from vireid.types import Labelling, Matching, Modality

EACH = 3
"""Clusters or pairs of each kind."""
PICTURES = 9
"""Of a cluster."""
BESIDE = 5
"""Of each cluster of a pair."""


def cluster_sections(shown: Shown, stage: str) -> Iterator[Section]:
    """Show clusters of the training images, and which were matched.

    Args:
        shown: the training images, embedded.
        stage: whose network embedded them.

    Yields:
        A section on clusters and, where there are pairs, one on these; nothing without clusters.
    """
    found = label_again(shown.gallery)
    by_side = {
        side: clusters(space, side, shown.gallery, shown.truth)
        for side in Modality
        if (space := found.labelling.own(side)) is not None
    }
    every = [cluster for side in by_side.values() for cluster in side]
    if not every:
        return
    known = shown.truth is not None
    noise = _noise(found.labelling, shown.gallery)
    some = "" if shown.whole else f" {len(shown.gallery):,} images, evenly spaced, were taken."
    yield Section(
        "Clusters of the training images",
        (Lines((*_counted(by_side), noise)), *_sheets(every, shown.gallery, known=known)),
        f"Labelled anew by the settings of the run and the network after {stage}.{some} Margin: "
        "how much nearer images are to their own cluster's centre than to any other. "
        + ("A red frame marks images of another person than most of the cluster." if known else ""),
    )
    matching = found.labelling.matching
    if matching is not None and len(matching.pairs()[0]):
        yield _pairs(matching, by_side, shown.gallery, known=known)


def _counted(by_side: dict[Modality, list[Cluster]]) -> Iterator[str]:
    for side, found in by_side.items():
        sizes = [len(cluster.members) for cluster in found]
        middle = f", half of them of {np.median(sizes):.0f} images or more" if sizes else ""
        yield f"{number_of(len(found), f'{side.name.lower()} cluster')}{middle}"


def _noise(labelling: Labelling, gallery: Gallery) -> str:
    left = [
        int((space.inside(gallery.embeddings.modality) & (space.labels < 0)).sum())
        for side in Modality
        if (space := labelling.own(side)) is not None
    ]
    return f"{number_of(sum(left), 'image')} in no cluster"


def _sheets(every: Sequence[Cluster], gallery: Gallery, *, known: bool) -> Iterator[Part]:
    """Yield the largest, the purest or clearest, and the most doubtful clusters."""
    largest = sorted(every, key=lambda one: -len(one.members))[:EACH]
    clear = sorted((one for one in every if one.margin is not None), key=_clarity)
    pure = sorted(clear, key=lambda one: (-(one.purity or 0), -len(one.members)))
    best = pure if known else clear[::-1]
    word = "Purest" if known else "Clearest"
    for title, chosen in (
        ("Largest", largest), (word, best[:EACH]), ("Most doubtful", clear[:EACH]),
    ):  # fmt: skip
        for number, cluster in enumerate(chosen, 1):
            yield Strip(f"{title}, {number}", _told(cluster), _shots(cluster, gallery, PICTURES))


def _clarity(cluster: Cluster) -> float:
    return cluster.margin or 0.0


def _told(cluster: Cluster) -> str:
    parts = [f"{cluster.side.name.lower()}, {number_of(len(cluster.members), 'image')}"]
    if cluster.margin is not None:
        parts.append(f"margin {cluster.margin:.2f}")
    if cluster.purity is not None:
        parts.append(f"{cluster.purity:.0%} of one person")
    return ", ".join(parts)


def _shots(cluster: Cluster, gallery: Gallery, most: int) -> tuple[Shot, ...]:
    """Return pictures of a cluster, from its clearest image to its least clear one."""
    count = min(len(cluster.members), most)
    places = np.linspace(0, len(cluster.members) - 1, count).round().astype(np.int64)
    found: list[Shot] = []
    for row in cluster.members[places].tolist():
        alien = row in cluster.aliens
        found += shot(
            gallery.images, row, "wrong" if alien else "", what="another person" if alien else ""
        )
    return tuple(found)


def _pairs(
    matching: Matching, by_side: dict[Modality, list[Cluster]], gallery: Gallery, *, known: bool
) -> Section:
    """Show the surest and the most doubtful pairs, by how much cheaper they are than others."""
    costs, others = matching.cost.astype(float), matching.next_cost
    assert others is not None
    sure = [
        (1 - costs[visible] / others[visible], visible)
        for visible in np.flatnonzero(matching.partner >= 0).tolist()
        if others[visible] > 0
    ]
    sure.sort(key=lambda pair: -pair[0])
    doubtful = sure[EACH:][-EACH:][::-1]
    parts: list[Part] = [Lines(tuple(_matched(matching, by_side, known=known)))]
    for title, chosen in (("Surest", sure[:EACH]), ("Most doubtful", doubtful)):
        for number, (margin, visible) in enumerate(chosen, 1):
            pair = (
                by_side[Modality.VISIBLE][visible],
                by_side[Modality.INFRARED][int(matching.partner[visible])],
            )
            shots = tuple(one for part in pair for one in _shots(part, gallery, BESIDE))
            word = f"; {_verdict(*pair)}" if known else ""
            parts.append(Strip(f"{title}, {number}", f"margin {margin:.2f}{word}", shots))
    return Section(
        "Matched pairs of clusters",
        tuple(parts),
        "Margin of a pair: 1 - its cost / that of the next best infrared cluster; below 0 where a "
        "cheaper partner was given to another.",
    )


def _matched(
    matching: Matching, by_side: dict[Modality, list[Cluster]], *, known: bool
) -> Iterator[str]:
    visible, infrared = (one.tolist() for one in matching.pairs())
    yield number_of(len(visible), "pair")
    if known:
        right = sum(
            by_side[Modality.VISIBLE][one].person == by_side[Modality.INFRARED][other].person
            for one, other in zip(visible, infrared, strict=True)
        )
        yield f"{right} of them join clusters of which most images show the same person"


def _verdict(one: Cluster, other: Cluster) -> str:
    return "the same person" if one.person == other.person else "two people"
