"""Who looks at a training after each epoch: sees it all, changes nothing, and may stop it."""

import logging

import pytest

from vireid.data import open_data
from vireid.errors import Stopped
from vireid.runs import Run
from vireid.runs.checkpoint import load_checkpoint
from vireid.runs.session import Session
from vireid.runs.states import state_files
from vireid.runs.train_run import train_run


def weights_of(run, stage):
    return load_checkpoint(run.checkpoint_file(stage))[0]


def train(people, tiny, out, look=None, **more):
    run = Run(out)
    train_run(Session(open_data(people), tiny, run, after_epoch=look, **more))
    return run


@pytest.fixture(scope="module")
def alone(people, tiny, tmp_path_factory):
    """Return a run at which nobody looked."""
    return train(people, tiny, tmp_path_factory.mktemp("alone") / "run")


def test_each_epoch_is_shown_with_the_weights_that_its_stage_would_leave(
    people, tiny, tmp_path, alone
):
    seen = []

    def look(report, weights):
        seen.append((report.stage, report.epoch, weights))
        return False

    run = train(people, tiny, tmp_path / "run", look)
    assert [one[:2] for one in seen] == [("joint", 1), ("aligned", 1), ("aligned", 2)]
    for stage, (_, _, found) in (("joint", seen[0]), ("aligned", seen[2])):
        for name, value in weights_of(alone, stage).items():
            assert found[name].equal(value)
            assert weights_of(run, stage)[name].equal(value)


def test_it_may_stop_the_training_which_goes_on_bit_equal(people, tiny, tmp_path, alone, caplog):
    calls = []

    def look(report, weights):
        calls.append((report.stage, report.epoch, len(weights)))
        return len(calls) == 2

    out = tmp_path / "run"
    with pytest.raises(Stopped, match="stopped and saved; go on with: the same"):
        train(people, tiny, out, look)
    assert [one[:2] for one in calls] == [("joint", 1), ("aligned", 1)]
    assert state_files(Run(out))
    with caplog.at_level(logging.INFO, "vireid"):
        run = train(people, tiny, out, look, resume=True)
    assert caplog.messages[0] == "going on at aligned 2/2"
    assert len(calls) == 3
    for stage in alone.stages():
        for name, value in weights_of(alone, stage).items():
            assert weights_of(run, stage)[name].equal(value)
