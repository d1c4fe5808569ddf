"""Where numbers stand among others."""

import numpy as np

from vireid.types import Int


class Places:
    """Finds numbers among others, which are sorted once.

    Args:
        among: [N], each once.

    >>> Places(np.array([1, 5])).of(np.array([5, 7, 1]))
    array([ 1, -1,  0])
    """

    def __init__(self, among: Int) -> None:
        self._among, self._order = among, np.argsort(among)

    def of(self, numbers: Int) -> Int:
        """Return where numbers stand.

        Args:
            numbers: [M].

        Returns:
            [M] places, -1 for a number that is not there.
        """
        among = self._among
        if not len(among):
            return np.full(len(numbers), -1)
        at = np.searchsorted(among, numbers, sorter=self._order)
        places = self._order[np.minimum(at, len(among) - 1)]
        return np.where(among[places] == numbers, places, -1)
