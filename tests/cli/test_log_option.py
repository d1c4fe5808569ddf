"""`vireid train --log`: curves beside the log, also of a training that went on."""

import os
import signal
import sys

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from vireid.cli.main import main
from vireid.runs import Run, epochs
from vireid.runs.checkpoint import load_checkpoint


def words(people, tiny_file, out, *more):
    return ["train", str(people), "--recipe", str(tiny_file), "--out", str(out), *more]


def curves(folder):
    found = EventAccumulator(str(folder / "logs" / "tensorboard"))
    found.Reload()
    return {
        tag: [(event.step, event.value) for event in found.Scalars(tag)]
        for tag in found.Tags()["scalars"]
        if not tag.startswith("seconds/")
    }


def test_a_training_that_went_on_has_the_curves_of_one_that_did_not_stop(
    people, tiny_file, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(epochs, "EVERY", 1)
    whole, out = tmp_path / "whole", tmp_path / "stopped"
    assert main(words(people, tiny_file, whole, "--log", "tensorboard")) == 0
    watch_step = epochs.Watcher.watch_step

    def stop_in_the_last_epoch(watcher, report, *write):
        watch_step(watcher, report, *write)
        if (report.stage, report.epoch, report.step) == ("aligned", 2, 1):
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(epochs.Watcher, "watch_step", stop_in_the_last_epoch)
        assert main(words(people, tiny_file, out, "--log", "tensorboard")) == 143
    again = capsys.readouterr().err.splitlines()[-1].split("go on with: ")[1]
    assert again == f"vireid train {people} --out {out} --log tensorboard --resume"
    (newest,) = (out / "states").glob("*-000001.safetensors")
    newest.unlink()  # go on from the epoch before, so that a step comes twice
    assert curves(out)["step/total"][-1][0] == 5
    assert main(again.split()[1:]) == 0
    expected = curves(whole)
    assert [step for step, _ in expected["losses/total"]] == [2, 4, 6]
    assert [step for step, _ in expected["step/total"]] == [1, 3, 5]
    assert curves(out) == expected


def test_a_service_that_fails_does_not_end_the_training(
    people, tiny_file, tmp_path, monkeypatch, caplog, trained
):
    class Broken:
        def init(self, **_):
            raise ConnectionError("nobody answers")

        def Settings(self, **_):  # noqa: N802 - as the package calls it
            return None

    monkeypatch.setitem(sys.modules, "wandb", Broken())
    out = tmp_path / "run"
    assert main(words(people, tiny_file, out, "--log", "wandb")) == 0
    warnings = [record.message for record in caplog.records if "wandb" in record.message]
    assert warnings == ["wandb cannot be written (nobody answers); the training goes on without it"]
    mine, expected = (
        load_checkpoint(Run(run).checkpoint_file("aligned"))[0] for run in (out, trained)
    )
    assert mine.keys() == expected.keys()
    assert all(torch.equal(value, mine[name]) for name, value in expected.items())


@pytest.mark.parametrize("command", ["train", "upper-bound"])
def test_what_is_not_installed_is_said_before_anything_is_written(
    command, people, tiny_file, tmp_path, monkeypatch, mistake
):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    _, *rest = words(people, tiny_file, tmp_path / "run", "--log", "tensorboard", "mlflow")
    assert "install it by: pip install 'vireid[mlflow]'" in mistake(command, *rest)
    assert not (tmp_path / "run").exists()


def test_an_observer_that_does_not_exist(people, tmp_path, mistake):
    message = mistake("train", people, "--out", tmp_path / "run", "--log", "paper")
    assert "paper is given; expected one of tensorboard, wandb, mlflow" in message
