"""How many queries of a data set's own protocol have a true match in their gallery."""

from collections import Counter

from vireid.data import DataFolder, QueryCount
from vireid.scoring.choice import choose_protocol, known_truth
from vireid.scoring.protocol import NO_GROUP, Draw
from vireid.types import Truth


def count_queries(data: DataFolder) -> QueryCount:
    """Build the protocol that data is evaluated by, and count its queries.

    Args:
        data: with test images and their identities.

    Returns:
        The protocol's name and its queries, all and valid ones.

    Raises:
        DataError: the test images do not fit the protocol.
    """
    protocol, truth = choose_protocol(data), known_truth(data)
    valid = tuple(_valid(draw, truth) for draw in protocol.draws)
    return QueryCount(protocol.name, len(protocol.draws[0].query), valid)


def _valid(draw: Draw, truth: Truth) -> int:
    """Count the queries with a gallery image of their identity that they do not ignore."""
    wanted = truth.identities[draw.query].tolist()
    offered = truth.identities[draw.gallery].tolist()
    matches = Counter(offered)
    if draw.query_group is None or draw.gallery_group is None:
        return sum(matches[identity] > 0 for identity in wanted)
    own = Counter(zip(offered, draw.gallery_group.tolist(), strict=True))
    return sum(
        matches[identity] > (own[identity, group] if group != NO_GROUP else 0)
        for identity, group in zip(wanted, draw.query_group.tolist(), strict=True)
    )
