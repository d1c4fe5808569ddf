"""How many queries of a data set's own protocol have a true match in their gallery."""

from vireid.data import DataFolder, QueryCount
from vireid.scoring.choice import choose_protocol, known_truth
from vireid.scoring.tally import count_matches


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
    valid = tuple(int((count_matches(draw, truth)[1] > 0).sum()) for draw in protocol.draws)
    return QueryCount(protocol.name, len(protocol.draws[0].query), valid)
