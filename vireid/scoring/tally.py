"""Which queries of a protocol count, what excluded the others, and of what kind the matches are."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vireid.errors import DataError, number_of
from vireid.metrics.ranks import GalleryIndex
from vireid.scoring.protocol import Draw, Protocol
from vireid.types import Bool, Images, Int, Truth

_BLOCK = 1 << 22  # pairs of query and match looked at at a time


@dataclass(frozen=True)
class Tally:
    """What can be said of the queries of a protocol before anything is compared."""

    queries: int
    """Q, of the first draw."""
    valid: tuple[int, ...]
    """Those with a true match that they do not ignore, for each draw."""
    absent: int
    """Queries without any gallery image of their identity, of the draw with most."""
    ruled_out: int
    """Queries that ignore all gallery images of their identity, likewise."""
    pairs: int
    """Pairs of a query and a true match that it does not ignore, in the first draw."""
    own_modality: int
    """How many of these pairs are of one modality."""
    own_camera: int
    """How many of these pairs are of one modality and of one known camera."""
    unknown_pairs: int
    """How many of these pairs are of one modality, and of a camera that is unknown on a side."""
    unknown_cameras: int
    """Queries of the first draw whose camera is unknown."""


def tally(protocol: Protocol, truth: Truth, images: Images) -> Tally:
    """Count the queries and matches of a protocol.

    Args:
        protocol: its draws.
        truth: identities of the N test images.
        images: the N test images.

    Returns:
        The counts.
    """
    counts = [count_matches(draw, truth) for draw in protocol.draws]
    first, pairs, same_modality, same_camera, unknown = protocol.draws[0], 0, 0, 0, 0
    for rows, columns, ignored in _own(first, truth):
        query, match = first.query[rows, None], first.gallery[columns]
        kept = ~ignored
        kind = kept & (images.modality[query] == images.modality[match])
        camera, other = images.camera[query], images.camera[match]
        pairs += int(kept.sum())
        same_modality += int(kind.sum())
        same_camera += int((kind & (camera == other) & (camera != 0)).sum())
        unknown += int((kind & ((camera == 0) | (other == 0))).sum())
    return Tally(
        queries=len(first.query),
        valid=tuple(int((left > 0).sum()) for _, left in counts),
        absent=max(int((there == 0).sum()) for there, _ in counts),
        ruled_out=max(int(((there > 0) & (left == 0)).sum()) for there, left in counts),
        pairs=pairs,
        own_modality=same_modality,
        own_camera=same_camera,
        unknown_pairs=unknown,
        unknown_cameras=int((images.camera[first.query] == 0).sum()),
    )


def count_matches(draw: Draw, truth: Truth) -> tuple[Int, Int]:
    """Count the true matches of each query.

    Args:
        draw: Q queries and their gallery.
        truth: identities of the test images.

    Returns:
        [Q] other gallery images of the query's identity, and [Q] those that it does not ignore.
    """
    there, left = (np.zeros(len(draw.query), dtype=np.int64) for _ in range(2))
    for rows, columns, ignored in _own(draw, truth):
        itself = draw.query[rows, None] == draw.gallery[columns]
        there[rows] = (~itself).sum(axis=1)
        left[rows] = (~ignored).sum(axis=1)
    return there, left


def demand_matches(protocol: Protocol, truth: Truth) -> None:
    """Refuse a protocol in one of whose draws no query has a true match that it does not ignore.

    Args:
        protocol: its draws.
        truth: identities of the test images.

    Raises:
        DataError: there is such a draw; the line names what excluded the matches.
    """
    for draw in protocol.draws:
        there, left = count_matches(draw, truth)
        if not left.any():
            raise DataError(_why(protocol, there))


def _why(protocol: Protocol, there: Int) -> str:
    """Say why no query of a protocol counts."""
    ruled, stated = int((there > 0).sum()), protocol.stated
    none = f"none of the {len(there)} queries"
    if not ruled:
        return (
            f"{none} has an image of its identity in its gallery; check the identities and the "
            "split"
        )
    absent = len(there) - ruled
    others = f", and {absent} have no image of their identity there" if absent else ""
    return (
        f"{none} counts by the protocol {protocol.name}: {ruled} have images of their identity in "
        f"the gallery, but ignore all of them by its rule, {stated.rule}{others}; {stated.advice}"
    )


def said_of(found: Tally, rule: str) -> Iterator[str]:
    """Yield a line for each reason why queries do not count.

    Args:
        found: the counts.
        rule: which gallery images queries ignore, in words.

    Yields:
        At most two lines.
    """
    of = f"of {number_of(found.queries, 'query', 'queries')}"
    if found.absent:
        yield (
            f"{found.absent} {of} have no image of their identity in their gallery and do not count"
        )
    if found.ruled_out:
        yield (
            f"{found.ruled_out} {of} ignore all images of their identity and do not count; "
            f"ignored: {rule}"
        )


def _own(draw: Draw, truth: Truth) -> Iterator[tuple[Int, Int, Bool]]:
    """Yield rows of queries of one identity, its columns of the gallery, and what is ignored."""
    index = GalleryIndex.of(truth.identities[draw.gallery])
    place = index.find(truth.identities[draw.query])
    order = np.argsort(place, kind="stable")
    cuts = np.flatnonzero(np.diff(place[order])) + 1
    for rows in np.split(order, cuts):
        identity = place[rows[0]]
        if identity < 0:
            continue
        columns = index.members[index.bounds[identity] : index.bounds[identity + 1]]
        step = max(1, _BLOCK // len(columns))
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            ignored = draw.ignored(part, columns)
            nothing = np.zeros((len(part), len(columns)), dtype=np.bool_)
            yield part, columns, nothing if ignored is None else ignored
