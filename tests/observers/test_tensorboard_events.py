"""Curves for TensorBoard, read back by TensorBoard."""

import resource
import signal

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from vireid.observers.tensorboard_events import TensorBoardEvents

LINE = {"stage": "joint", "epoch": 1, "losses": {"total": 0.5}, "ari": {"mixed": 0.25}}


def curves(folder):
    """Return the points of each curve as TensorBoard shows them."""
    found = EventAccumulator(str(folder))
    found.Reload()
    return {
        tag: [(event.step, event.value) for event in found.Scalars(tag)]
        for tag in found.Tags()["scalars"]
    }


def test_tensorboard_shows_what_was_told(tmp_path):
    events = TensorBoardEvents(tmp_path / "new" / "folder", 0)
    events.log_step(10, {"total": 1.5, "triplet/mixed": float("nan")})
    events.log_epoch(20, LINE)
    events.log_step(30, {"total": 1.25})
    expected = {
        "step/total": [(10, 1.5), (30, 1.25)],
        "epoch": [(20, 1.0)],
        "losses/total": [(20, 0.5)],
        "ari/mixed": [(20, 0.25)],
    }
    assert curves(tmp_path / "new" / "folder") == expected, "before it is closed"
    events.close(finished=True)
    assert curves(tmp_path / "new" / "folder") == expected


@pytest.mark.parametrize("begun", [0, 10, 15, 20, 30])
def test_a_training_that_goes_on_draws_no_step_twice(tmp_path, begun):
    first = TensorBoardEvents(tmp_path, 0)
    for step in (10, 20, 30):
        first.log_step(step, {"total": float(step)})
    first.close(finished=False)
    again = TensorBoardEvents(tmp_path, begun)
    for step in (10, 20, 30, 40):
        if step > begun:
            again.log_step(step, {"total": step + 0.5})
    again.close(finished=True)
    kept = [(step, float(step)) for step in (10, 20, 30) if step <= begun]
    new = [(step, step + 0.5) for step in (10, 20, 30, 40) if step > begun]
    assert curves(tmp_path) == {"step/total": kept + new}


def test_a_full_disk_is_an_error_at_once(tmp_path):
    events = TensorBoardEvents(tmp_path, 0)
    size = sum(file.stat().st_size for file in tmp_path.iterdir())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, before[1]))
        with pytest.raises(OSError, match="too large"):
            events.log_step(10, {"total": 1.0})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
