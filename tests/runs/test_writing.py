"""The thread that writes what a training leaves."""

import threading

import pytest

from vireid.errors import SaveError
from vireid.runs.writing import AHEAD, writing


def test_jobs_are_done_in_order_by_another_thread_and_all_of_them():
    done, threads = [], set()

    def job(number):
        threads.add(threading.get_ident())
        done.append(number)

    with writing() as writer:
        for number in range(20):
            writer.write(lambda number=number: job(number))
        writer.finish()
        assert done == list(range(20))
        writer.write(lambda: job(20))
    assert done == list(range(21)), "what was handed over is written at the end"
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_who_hands_over_too_much_waits():
    gate, begun = threading.Event(), []

    def wait():
        begun.append(1)
        gate.wait()

    with writing() as writer:
        for _ in range(AHEAD + 1):
            writer.write(wait)
        late = threading.Thread(target=writer.write, args=(wait,))
        late.start()
        late.join(0.2)
        assert late.is_alive()
        gate.set()
        late.join()
        writer.finish()
    assert len(begun) == AHEAD + 2


def until_it_is_told(writer):
    while True:
        writer.check()


def hand_over(writer, job):
    for _ in range(AHEAD + 2):
        writer.write(job)


def fail():
    raise SaveError("the disk is full")


def test_a_failure_is_heard_of_when_it_is_asked_for_or_at_the_end():
    done = []
    with writing() as writer:
        writer.write(fail)
        with pytest.raises(SaveError, match="the disk is full"):
            writer.finish()
        writer.finish()
        writer.write(fail)
        hand_over(writer, lambda: done.append(1))
        with pytest.raises(SaveError, match="the disk is full"):
            writer.finish()
        assert len(done) == AHEAD + 2, "those behind it are done"
        writer.check()
        writer.write(fail)
        with pytest.raises(SaveError, match="the disk is full"):
            until_it_is_told(writer)
