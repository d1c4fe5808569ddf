"""Curves for TensorBoard."""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from vireid.observers.observer import numbers


class TensorBoardEvents:
    """Writes an events file, each value as soon as it is told.

    The writers of TensorBoard's own SummaryWriter and of tensorboardX are threads, which print a
    traceback or never return once the disk is full; here the caller gets the OSError.

    Args:
        folder: where to write; what earlier files hold of the steps still to come is purged.
        begun: steps of the run that are done.
    """

    def __init__(self, folder: Path, begun: int) -> None:
        from tensorboard.compat.proto.event_pb2 import Event, SessionLog
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.record_writer import RecordWriter

        folder.mkdir(parents=True, exist_ok=True)
        name = f"events.out.tfevents.{time.time_ns()}"  # read in the order of their names
        self._event, self._summary = Event, Summary
        self._file = (folder / name).open("wb")
        self._writer = RecordWriter(self._file)
        start = SessionLog(status=SessionLog.START)
        self._write(Event(wall_time=time.time(), file_version="brain.Event:2"))
        self._write(Event(wall_time=time.time(), step=begun + 1, session_log=start))

    def log_step(self, step: int, losses: Mapping[str, float]) -> None:
        """Write the losses of one step.

        Args:
            step: steps of the run up to here, this one included.
            losses: each term, and their weighted sum as ``total``.
        """
        self._add(step, ((f"step/{name}", value) for name, value in numbers(losses).items()))

    def log_epoch(self, step: int, line: Mapping[str, Any]) -> None:
        """Write the numbers of an epoch.

        Args:
            step: steps of the run up to the end of the epoch.
            line: plain values, ready for JSON.
        """
        self._add(step, numbers(line).items())

    def close(self, *, finished: bool) -> None:  # noqa: ARG002 - the same either way
        """Close the file.

        Args:
            finished: whether the training went through all stages.
        """
        self._file.close()

    def _add(self, step: int, values: Iterable[tuple[str, float]]) -> None:
        value = [self._summary.Value(tag=name, simple_value=value) for name, value in values]
        self._write(
            self._event(wall_time=time.time(), step=step, summary=self._summary(value=value))
        )

    def _write(self, event: Any) -> None:
        try:
            self._writer.write(event.SerializeToString())
            self._file.flush()
        except OSError:
            self._file.raw.close()  # what is still in its buffer is given up
            raise
