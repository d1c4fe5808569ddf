"""A disk that takes no more, as the system itself says it."""

import resource
import subprocess
import sys

from vireid.cli.main import main
from vireid.runs import Run
from vireid.runs.states import state_files


def limit():
    """Let no file grow beyond 500 kB: more than a checkpoint of the tiny recipe, less than a
    state."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))


def test_a_training_that_cannot_save_goes_on_when_there_is_space(
    people, tiny_file, tmp_path, trained, stopping, monkeypatch, assert_same_run
):
    out = tmp_path / "run"
    words = ["train", str(people), "--recipe", str(tiny_file), "--out", str(out), "--resume"]
    stopping(3)  # in the middle of the second epoch
    assert main(words) == 143
    monkeypatch.undo()
    before = {file: file.read_bytes() for file in state_files(Run(out))}
    assert max(len(content) for content in before.values()) > 500_000
    done = subprocess.run(
        [sys.executable, "-m", "vireid", *words],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("vireid train: cannot write ")
    assert done.stderr.count("\n") == 1
    assert "File too large" in done.stderr
    again = f"vireid train {people} --out {out} --resume"
    assert done.stderr.endswith(f"; then go on with: {again}\n")
    assert {file: file.read_bytes() for file in state_files(Run(out))} == before
    assert [file.name for file in out.rglob(".*")] == [".lock"], "nothing half-written stays"
    assert main(words) == 0
    assert_same_run(out, trained)
