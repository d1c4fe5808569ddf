"""Whether pictures are drawn quickly, on any machine."""

from collections.abc import Callable, Sequence
from time import process_time

import pytest


def seconds(work: Callable[[], object]) -> float:
    """Return the processor's time that some work takes, the least of three goes."""
    found = []
    for _ in range(3):
        start = process_time()
        work()
        found.append(process_time() - start)
    return min(found)


def count_to_two_million() -> None:
    number = 0
    while number < 2_000_000:
        number += 1


@pytest.fixture
def quick() -> Callable[[Callable[[], Sequence[object]]], None]:
    """Return a function that demands of a picture less time than of counting to two million.

    A picture takes a fifth of that. A machine that is slow, or busy, is slow at both.
    """

    def check(draw: Callable[[], Sequence[object]]) -> None:
        pictures = len(draw())
        assert seconds(draw) / pictures < seconds(count_to_two_million)

    return check
