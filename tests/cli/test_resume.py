"""Trainings that were stopped or killed go on to the same weights and logs, bit for bit."""

import json
import os
import re
import shlex
import shutil
import signal
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.forked import Command
from vireid import training
from vireid.cli.main import main
from vireid.models.extract import extract
from vireid.runs import Run, workers
from vireid.runs.checkpoint import load_checkpoint
from vireid.runs.states import load_state, state_files


def words(people, tiny_file, out, *more):
    return ["train", str(people), "--recipe", str(tiny_file), "--out", str(out), *map(str, more)]


def log(folder):
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    for line in lines:
        line.pop("seconds")
    return lines


def assert_same_run(folder, other):
    assert log(folder) == log(other)
    for stage in Run(other).stages():
        mine, theirs = (load_checkpoint(Run(one).checkpoint_file(stage)) for one in (folder, other))
        assert mine[1] == theirs[1]
        for name, value in theirs[0].items():
            assert mine[0][name].numpy().tobytes() == value.numpy().tobytes(), (stage, name)


@pytest.mark.parametrize(
    ("steps", "number", "code"), [(1, signal.SIGTERM, 143), (3, signal.SIGINT, 130)]
)
def test_a_signal_saves_and_says_how_to_go_on(
    people, tiny_file, trained, tmp_path, capsys, stopping, monkeypatch, steps, number, code
):
    out = tmp_path / "run"
    before = signal.getsignal(number)
    stopping(steps, number)
    assert main(words(people, tiny_file, out)) == code
    assert signal.getsignal(number) is before
    line = capsys.readouterr().err.splitlines()[-1]
    expected = f"vireid train {people} --out {out} --resume"
    assert line == f"vireid train: stopped and saved; go on with: {expected}"
    monkeypatch.undo()
    assert main(expected.split()[1:]) == 0
    assert_same_run(out, trained)
    assert not state_files(Run(out))


@pytest.mark.parametrize(("keep", "left"), [(1, 1), (2, 2), (3, 3)])
def test_as_many_states_stay_as_asked_for(
    people, tiny_file, tmp_path, capsys, stopping, keep, left
):
    out = tmp_path / "run"
    stopping(5)  # in the middle of the third epoch
    assert main(words(people, tiny_file, out, "--keep", keep)) == 143
    assert len(state_files(Run(out))) == left
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.endswith(f" --out {out}{'' if keep == 2 else f' --keep {keep}'} --resume")


def test_keeping_no_state_is_refused(people, tiny_file, tmp_path, mistake):
    found = mistake(*words(people, tiny_file, tmp_path / "run", "--keep", 0))
    assert "--keep: '0' is given; expected at least 1" in found


def test_resuming_begins_where_there_is_nothing_and_ends_where_all_is_done(
    people, tiny_file, trained, tmp_path, capsys
):
    out = tmp_path / "run"
    assert main(words(people, tiny_file, out, "--resume")) == 0
    assert_same_run(out, trained)
    before = {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    capsys.readouterr()
    assert main(words(people, tiny_file, out, "--resume")) == 0
    said = capsys.readouterr().out
    assert "is finished; nothing to go on with" in said
    assert "trained in" not in said
    assert {file: file.read_bytes() for file in out.rglob("*") if file.is_file()} == before


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Return a folder that stays from test to test."""
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture
def half(people, tiny_file, tmp_path, shelf, stopping, monkeypatch):
    """Return a copy of a run that stopped in its second stage."""
    first = shelf / "half"
    if not first.exists():
        stopping(3)
        assert main(words(people, tiny_file, first)) == 143
        monkeypatch.undo()
    return shutil.copytree(first, tmp_path / "half")


def test_other_recipes_are_refused_with_all_differences(people, tiny_file, half, mistake):
    changes = ("--set", "stages.*.terms.*.weight=2", "stages.aligned.epochs=4", "--seed", 7)
    message = mistake(*words(people, tiny_file, half, "--resume", *changes))
    assert "was begun with another recipe: " in message
    for difference in (
        "stages.joint.terms.mixed.weight is 2.0, was 1.0",
        "stages.aligned.epochs is 4, was 2",
    ):
        assert difference in message
    assert "seed is 7, was 0" in message
    assert "leave the changes out or choose another --out" in message


def test_other_images_are_refused(people, tiny_file, half, tmp_path, mistake):
    other = tmp_path / "other"
    shutil.copytree(people, other)
    (other / "cam1" / "0001" / "0000.jpg").unlink()
    message = mistake(*words(other, tiny_file, half, "--resume"))
    assert "was trained on other images (images 128, " in message
    assert "than given (images 127, " in message
    assert "): their number, paths, sizes, modalities or cameras, what the files hold" in message


def test_other_images_are_refused_where_a_run_is_finished(
    people, tiny_file, trained, tmp_path, mistake
):
    run, other = tmp_path / "run", tmp_path / "other"
    shutil.copytree(trained, run)
    shutil.copytree(people, other)
    (other / "cam1" / "0001" / "0000.jpg").unlink()
    message = mistake(*words(other, tiny_file, run, "--resume"))
    assert "is finished, and was trained on other images (images 128, " in message
    assert "than given (images 127, " in message
    assert "give the same data or choose another --out" in message


@pytest.mark.parametrize("finished", [False, True])
def test_the_same_files_with_other_contents_are_refused(
    people, tiny_file, half, trained, tmp_path, mistake, finished
):
    run, other = tmp_path / "run", tmp_path / "other"
    shutil.copytree(trained if finished else half, run)
    shutil.copytree(people, other)
    file = other / "cam1" / "0001" / "0000.jpg"
    size = file.stat().st_size
    with Image.open(file) as image:
        turned = image.transpose(Image.Transpose.ROTATE_180)
    turned.save(file, quality=80)
    file.write_bytes(file.read_bytes().ljust(size, b"\0"))
    assert file.stat().st_size == size
    message = mistake(*words(other, tiny_file, run, "--resume"))
    assert "): what the files hold changed; give the same data" in message


def test_a_run_finished_by_an_earlier_version_is_compared_by_what_that_noted(
    people, tiny_file, trained, tmp_path, capsys
):
    run = Run(tmp_path / "run")
    shutil.copytree(trained, run.folder)
    noted = run.data_file.read_text()
    run.data_file.write_text(re.sub(", contents [0-9a-f]+", "", noted))
    assert run.data_file.read_text() != noted
    assert main(words(people, tiny_file, run.folder, "--resume")) == 0
    assert "is finished; nothing to go on with" in capsys.readouterr().out


def test_the_guard_may_change_while_a_run_goes_on(people, tiny_file, half, trained, capsys):
    again = words(people, tiny_file, half, "--resume", "--set", "guard.skipped=7")
    assert main(again) == 0
    said = capsys.readouterr().out
    assert "going on with other settings: guard.skipped is 7, was 0" in said
    assert "going on at aligned 1/2, after step 1 of 2" in said
    assert Run(half).recipe().guard.skipped == 7
    assert log(half) == log(trained)


def test_the_way_to_go_on_can_be_pasted(people, tiny_file, tmp_path, capsys, stopping):
    data, out = tmp_path / "two words", tmp_path / "a run"
    data.symlink_to(people)
    stopping(1)
    assert main(words(data, tiny_file, out, "--threads", 1, "--device", "cpu")) == 143
    line = capsys.readouterr().err.splitlines()[-1].split("go on with: ")[1]
    expected = ["vireid", "train", str(data), "--out", str(out), "--device", "cpu"]
    assert shlex.split(line) == [*expected, "--threads", "1", "--resume"]


def test_a_signal_while_images_are_embedded_is_obeyed(
    people, tiny_file, trained, tmp_path, capsys, monkeypatch
):
    out, seen = tmp_path / "run", []
    plain = workers.Workers.embed

    def embed(*given, progress, **named):
        def after(done, images):
            seen.append(done)
            if len(seen) == 4:  # the first of two batches of the second epoch
                os.kill(os.getpid(), signal.SIGTERM)
            progress(done, images)

        return extract(*given, progress=after, **named)

    assert plain is extract
    monkeypatch.setattr(workers, "Workers", lambda: training.Workers(embed=embed))
    assert main(words(people, tiny_file, out)) == 143
    assert "stopped and saved; go on with: " in capsys.readouterr().err
    assert seen == [64, 128, 64, 128][: len(seen)]
    assert len(seen) == 4
    assert len(log(out)) == 1
    monkeypatch.undo()
    assert main(words(people, tiny_file, out, "--resume")) == 0
    assert_same_run(out, trained)


def test_without_resume_a_run_is_never_overwritten(people, tiny_file, half, mistake):
    message = mistake(*words(people, tiny_file, half))
    assert "holds a run already; go on with it by --resume" in message


def test_a_damaged_state_gives_way_to_the_one_before(people, tiny_file, half, trained, caplog):
    newest = state_files(Run(half))[0]
    newest.write_bytes(newest.read_bytes()[:1000])
    assert main(words(people, tiny_file, half, "--resume")) == 0
    assert f"{newest} cannot be used, trying an older state" in caplog.text
    assert_same_run(half, trained)


def test_damaged_states_only_are_one_clear_line(people, tiny_file, half, mistake):
    for file in state_files(Run(half)):
        file.write_bytes(b"")
    message = mistake(*words(people, tiny_file, half, "--resume"))
    assert f"no state of {half} can be read" in message
    assert "train anew" in message


def test_a_full_disk_leaves_the_last_good_state(
    people, tiny_file, half, trained, mistake, monkeypatch
):
    files = {file: file.read_bytes() for file in state_files(Run(half))}

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        message = mistake(*words(people, tiny_file, half, "--resume"))
    assert "No space left on device; free some space" in message
    assert {file: file.read_bytes() for file in state_files(Run(half))} == files
    assert main(words(people, tiny_file, half, "--resume")) == 0
    assert_same_run(half, trained)


@pytest.mark.parametrize("delay", [0.0, 0.3])
def test_a_killed_training_goes_on(people, tiny_file, trained, tmp_path, delay):
    out = tmp_path / "run"
    process = Command(words(people, tiny_file, out), tmp_path / "said")
    begun = out / "checkpoints" / "before.safetensors"
    while not begun.exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(delay)
    process.kill()
    process.wait()
    assert main(words(people, tiny_file, out, "--resume")) == 0
    assert_same_run(out, trained)
    assert [file.name for file in out.rglob(".*")] == [".lock"], "nothing half-written stays"


def test_what_a_killed_process_left_half_written_is_cleared_away(half, people, tiny_file):
    left = half / "states" / ".00001-000000.safetensors.12345"
    left.write_bytes(b"half")
    assert main(words(people, tiny_file, half, "--resume")) == 0
    assert not left.exists()


def test_no_state_of_an_empty_folder(tmp_path, tiny):
    assert load_state(Run(Path(tmp_path)), None, tiny, "") is None
