"""Signals that ask a training to stop: the step is finished, everything saved."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopRequest:
    """Remembers whether a signal asked to stop."""

    signal: int | None = None
    """Its number; None as long as there was none."""

    def __call__(self) -> bool:
        """Tell whether to stop."""
        return self.signal is not None


@contextmanager
def stop_requests() -> Iterator[StopRequest]:
    """Turn the first SIGINT or SIGTERM into a request; a second SIGINT interrupts at once.

    Yields:
        To be asked whether to stop.
    """
    request = StopRequest()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def note(number: int, _: FrameType | None) -> None:
        request.signal = number
        signal.signal(signal.SIGINT, before[signal.SIGINT])
        print("\nstopping after this step; everything will be saved", file=sys.stderr, flush=True)

    try:
        for number in before:
            signal.signal(number, note)
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
