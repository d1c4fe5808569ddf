"""A disk that takes no more, as the system itself says it."""

from tests.forked import Command
from vireid.cli.main import main
from vireid.runs import Run
from vireid.runs.states import state_files

LARGEST = 500_000
"""Bytes of a file on this disk: more than a checkpoint of the tiny recipe, less than a state."""


def test_a_training_that_cannot_save_goes_on_when_there_is_space(
    people, tiny_file, tmp_path, trained, stopping, monkeypatch, assert_same_run
):
    out = tmp_path / "run"
    words = ["train", str(people), "--recipe", str(tiny_file), "--out", str(out), "--resume"]
    stopping(3)  # in the middle of the second epoch
    assert main(words) == 143
    monkeypatch.undo()
    before = {file: file.read_bytes() for file in state_files(Run(out))}
    assert max(len(content) for content in before.values()) > LARGEST
    done = Command(words, tmp_path / "said", largest=LARGEST)
    assert done.wait() == 2, done.err
    note, line = done.err.splitlines()
    assert "camera folders of the protocol without any image" in note
    assert line.startswith("vireid train: cannot write ")
    assert "File too large" in done.err
    again = f"vireid train {people} --out {out} --resume"
    assert done.err.endswith(f"; then go on with: {again}\n")
    assert {file: file.read_bytes() for file in state_files(Run(out))} == before
    assert [file.name for file in out.rglob(".*")] == [".lock"], "nothing half-written stays"
    assert main(words) == 0
    assert_same_run(out, trained)
