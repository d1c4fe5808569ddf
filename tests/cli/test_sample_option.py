"""`vireid train --sample`: a sample of a large archive, which stays the same when it goes on."""

import json
import signal

import pytest

from vireid.cli.main import main

pytestmark = pytest.mark.filterwarnings("default:--sample. the data say no tracks:UserWarning")


def test_a_stopped_training_goes_on_with_the_same_sample_to_the_same_bits(
    people, train, tiny_file, tmp_path, capsys, stopping, assert_same_run
):
    whole = train(people, tmp_path / "whole", "--sample", 80)
    said = capsys.readouterr()
    assert "a sample of 80 of 128 training images" in said.out + said.err
    assert json.loads((whole / "data.json").read_text())["sample"] == [80, 0]
    out = tmp_path / "stopped"
    words = ["train", people, "--recipe", tiny_file, "--weights", "none", "--out", out]
    stopping(3, signal.SIGTERM)
    assert main([*map(str, words), "--sample", "80"]) == 143
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.endswith(f"vireid train {people} --out {out} --sample 80 --resume")
    assert main(["train", str(people), "--out", str(out), "--resume"]) == 0, "it remembers"
    assert_same_run(out, whole)


def test_another_sample_is_not_gone_on_with(people, train, tmp_path, mistake):
    out = train(people, tmp_path / "run", "--sample", 80, "--set", "stages.aligned.epochs=1")
    said = mistake("train", people, "--out", out, "--resume", "--sample", 60)
    assert "was trained on other images" in said
    said = mistake("train", people, "--out", tmp_path / "x", "--sample", 0)
    assert "'0' is given; expected at least 1" in said
