"""When a command says that fewer threads would be faster."""

import warnings

import pytest

from vireid.observers.crowding import HINT, SHORTEST, Crowding, Spent, is_crowded, spent_so_far


@pytest.mark.parametrize(
    ("wall", "cpu", "queued", "threads", "crowded"),
    [
        (100, 60, 90, 2, True),
        (100, 70, 90, 2, False),  # as fast as it can be expected
        (100, 25, 90, 1, False),  # one thread waits for nobody
        (100, 25, 10, 16, False),  # a GPU computes, or a disk is read
        (100, 100, 30, 16, True),
        (SHORTEST - 1, 5, 40, 2, False),
    ],
)
def test_threads_are_crowded_where_they_queue_and_get_little(wall, cpu, queued, threads, crowded):
    assert is_crowded(Spent(wall, cpu, queued), threads) == crowded


def crowd(*moments, threads=2):
    """Return what warns in a process that has spent so much at each moment that it is asked."""
    left = iter(moments)
    return Crowding(lambda: next(left), lambda: threads)


QUIET, BUSY = Spent(100, 200, 0), Spent(100, 20, 90)
START = Spent(0, 0, 0)


def after(before, work):
    return Spent(before.wall + work.wall, before.cpu + work.cpu, before.queued + work.queued)


def test_it_is_said_once_of_all_that_follows():
    first = after(START, QUIET)
    second = after(first, BUSY)
    found = crowd(START, first, second, after(second, BUSY))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for count in (0, 1, 1):
            found.end()
            assert [str(one.message) for one in caught] == [HINT] * count


def test_what_a_process_has_spent_grows():
    before = spent_so_far()
    work = spent_so_far().since(before)
    assert work.wall > 0
    assert before.cpu > 0
    assert min(work.cpu, before.queued) >= 0
