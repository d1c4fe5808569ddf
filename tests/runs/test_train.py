"""`vireid.train`: what the command can do, with public names."""

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import vireid
from vireid.errors import ConfigError, Stopped
from vireid.recipes import dump_recipe
from vireid.runs import train_run as module
from vireid.runs.checkpoint import load_checkpoint
from vireid.runs.machine import find_device
from vireid.runs.stopping import stop_requests
from vireid.runs.watch import Watch


class Told(Watch):
    """Remembers what it is told."""

    def __init__(self):
        self.calls = []

    def step(self, report):
        self.calls.append(("step", report.stage, report.epoch, report.step))

    def embedding(self, done, total):
        self.calls.append(("embedding", done, total))

    def labelling(self):
        self.calls.append(("labelling",))

    def labelled(self):
        self.calls.append(("labelled",))

    def epoch(self, report, line):
        self.calls.append(("epoch", report.stage, line["epoch"]))


@pytest.fixture(scope="module")
def trained(people, tiny, tmp_path_factory):
    """Return a run, what its watch was told, and what was said and shown."""
    told, shown = Told(), []

    @contextmanager
    def watching(recipe, data):
        assert (recipe, data.name) == (tiny, vireid.open_data(people).name)
        yield told
        told.calls.append(("left",))

    @contextmanager
    def progress(what: str) -> Iterator:
        yield lambda done, total: shown.append((what, done, total))

    out = tmp_path_factory.mktemp("train") / "run"
    run = vireid.train(str(people), str(out), tiny, watch=watching, progress=progress)
    return run, told.calls, shown


def same_weights(run, other):
    for stage in other.stages():
        mine, theirs = (load_checkpoint(one.checkpoint_file(stage))[0] for one in (run, other))
        assert all(mine[name].equal(value) for name, value in theirs.items())
    return run.stages() == other.stages()


def test_a_training_fills_its_folder_and_says_nothing(trained, capsys):
    run, _, shown = trained
    assert isinstance(run, vireid.Run)
    assert run.stages() == ["before", "joint", "aligned"]
    assert run.seconds()["training"] > 0
    assert shown[-1] == ("reading images", 128, 128)
    assert capsys.readouterr() == ("", "")


def test_whoever_watches_is_told_everything_in_order(trained):
    calls = trained[1]
    epoch = [("step", "joint", 1, 0), *(("embedding", done, 128) for done in (64, 128))]
    epoch += [("labelling",), ("labelled",), ("step", "joint", 1, 1), ("step", "joint", 1, 2)]
    assert calls[:8] == [*epoch, ("epoch", "joint", 1)]
    again = [("embedding", done, 128) for done in (64, 128)]  # for statistics of the cameras
    assert calls[-4:] == [("epoch", "aligned", 2), *again, ("left",)]


def test_the_network_of_a_run_is_read_by_its_folder_or_its_file(trained):
    run = trained[0]
    file = run.checkpoint_file("aligned")
    expected = load_checkpoint(file)[0]
    for place in (run, run.folder, str(run.folder), file, str(file)):
        found = vireid.load_network(place).state_dict()
        assert all(found[name].equal(value) for name, value in expected.items())
    with pytest.raises(ConfigError, match=r"stage before applies to runs; .* leave it out"):
        vireid.load_network(file, "before")


@pytest.mark.parametrize("kind", ["value", "file", "name and settings"])
def test_a_recipe_is_a_value_a_file_or_a_name(people, tiny, tmp_path, trained, kind):
    file = tmp_path / "tiny.yaml"
    file.write_text(dump_recipe(tiny).replace("seed: 0", "seed: 7"))
    recipe = {"value": tiny, "file": file, "name and settings": str(file)}[kind]
    settings = () if kind == "value" else ("seed=0",)
    data = vireid.open_data(people)
    run = vireid.train(data, tmp_path / "run", recipe, settings=settings, device="cpu")
    assert run.recipe() == tiny
    assert same_weights(run, trained[0])


def test_a_run_that_was_stopped_goes_on_with_its_own_recipe(
    people, tiny, tmp_path, trained, monkeypatch, caplog
):
    out, fit = tmp_path / "run", module.fit

    def stopped(*given, **named):
        for number, event in enumerate(fit(*given, **named)):
            if number == 7:
                os.kill(os.getpid(), signal.SIGTERM)
            yield event

    with monkeypatch.context() as patch:
        patch.setattr(module, "fit", stopped)
        with pytest.raises(Stopped, match="go on with: the same call with resume=True"):
            vireid.train(people, out, tiny)
    with pytest.raises(ConfigError, match="begun with another recipe: seed is 3, was 0"):
        vireid.train(people, out, resume=True, settings=["seed=3"])
    with caplog.at_level(logging.INFO, "vireid"):
        run = vireid.train(people, out, resume=True, settings=["guard.skipped=2"])
        assert same_weights(run, trained[0])
        vireid.train(people, out, resume=True)
    assert [record.message for record in caplog.records] == [
        "going on with other settings: guard.skipped is 2, was 0",
        "going on at aligned 1/2, after step 1 of 2",
        f"{out} is finished; nothing to go on with",
    ]


def test_labels_of_ones_own(people, tiny, tmp_path):
    from vireid.studies import TrueLabels

    run = vireid.train(
        people, tmp_path / "run", tiny, labeller=lambda data, _: TrueLabels(data.train_truth)
    )
    assert '"ari": {"visible": 1.0, "infrared": 1.0, "mixed": 1.0}' in run.log_file.read_text()


def test_another_thread_may_train(people, tiny, tmp_path, trained):
    runs = []

    def work():
        with stop_requests() as stop:
            assert not stop()
        runs.append(vireid.train(people, tmp_path / "run", tiny))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert same_weights(runs[0], trained[0])


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"fold": 2}, "fold is 2 for data that is open already; give it to open_data"),
        ({"keep": 0}, "keep is 0; expected at least 1"),
        ({"device": "bogus"}, "bogus cannot be used here; try cpu"),
        ({"max_unreadable": 2}, "expected a share from 0 to below 1"),
        ({"log": ["paper"]}, "log"),
        ({"recipe": "bogus"}, "recipe bogus is neither a YAML file nor one of"),
        ({"settings": ["bogus=1"]}, "no such setting: bogus"),
    ],
)
def test_mistakes_are_said_before_anything_is_written(people, tmp_path, named, message):
    out = tmp_path / "run"
    with pytest.raises(ConfigError, match=message):
        vireid.train(vireid.open_data(people), out, **named)
    assert not out.exists()


def test_the_device_is_a_gpu_where_there_is_one():
    assert find_device("cpu") == "cpu"
    assert find_device() in {"cpu", "cuda"}


def test_the_seconds_of_a_run_that_is_not_finished(tmp_path):
    with pytest.raises(vireid.errors.CheckpointError, match=r"timing.json is missing or damaged"):
        vireid.Run(tmp_path).seconds()


def test_a_run_does_not_go_into_its_data(people, tiny):
    before = sorted(people.rglob("*"))
    with pytest.raises(ConfigError, match="is the folder of the data; choose another --out"):
        vireid.train(people, people, tiny)
    assert sorted(people.rglob("*")) == before
