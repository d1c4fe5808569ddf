"""Signals that ask a training to stop: the step is finished, everything saved."""

import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TextIO


class StopRequest:
    """Remembers whether a signal asked to stop."""

    signal: int | None = None
    """Its number; None as long as there was none."""

    def __call__(self) -> bool:
        """Tell whether to stop."""
        return self.signal is not None


@contextmanager
def stop_requests() -> Iterator[StopRequest]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into a request.

    A second SIGINT interrupts at once. SIGHUP, which tells that the terminal is gone, is left
    alone where it is ignored already, as ``nohup`` does. Outside of the main thread, where Python
    hears of no signal, there is never a request.

    Yields:
        To be asked whether to stop.
    """
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        before[signal.SIGHUP] = signal.getsignal(signal.SIGHUP)

    def note(number: int, _: FrameType | None) -> None:
        request.signal = number
        signal.signal(signal.SIGINT, before[signal.SIGINT])
        _leave_dead_ends()
        sys.stderr.write("\nstopping after this step; everything will be saved\n")
        sys.stderr.flush()

    try:
        for number in before:
            signal.signal(number, note)
        yield request
    finally:
        if request.signal == signal.SIGHUP:
            _leave_dead_ends()
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_dead_ends() -> None:
    """Let output whose terminal or reader is gone go nowhere, so that writing it is no error."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # those that are no files, as in tests, cannot die
            if _is_dead_end(stream):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)


def _is_dead_end(stream: TextIO) -> bool:
    """Tell whether nobody can read any more what is written to a stream."""
    watch = select.poll()
    watch.register(stream.fileno(), 0)
    return any(event & (select.POLLHUP | select.POLLERR) for _, event in watch.poll(0))
