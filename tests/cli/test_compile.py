"""`compute.compile`: the same losses from a compiled trunk, and one line where that cannot be."""

import json
import os
import shutil

import pytest

COMPILER = os.environ.get("CXX", "g++")


def first_losses(folder):
    return json.loads((folder / "metrics.jsonl").read_text().splitlines()[0])["losses"]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which(COMPILER) is None, reason=f"no C++ compiler: {COMPILER}")
def test_a_compiled_trunk_gives_the_same_losses(people, train, tmp_path):
    from torch._dynamo.utils import counters

    counters.clear()
    short = ("--set", "network.depth=2", "stages.aligned.epochs=1")
    out = train(people, tmp_path / "run", *short, "compute.compile=true")
    assert counters["stats"]["unique_graphs"] > 0, "something is compiled"
    expected = first_losses(train(people, tmp_path / "plain", *short))
    assert expected.keys() > {"total"}
    assert first_losses(out) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", [None, "bogus++ -O2", ""])
def test_a_missing_compiler_is_said_before_anything_is_read(
    people, tiny_file, tmp_path, mistake, monkeypatch, name
):
    monkeypatch.delenv("CXX", raising=False)
    if name is None:
        monkeypatch.setenv("PATH", str(tmp_path))
    else:
        monkeypatch.setenv("CXX", name)
    words = ("train", people, "--recipe", tiny_file, "--out", tmp_path / "run")
    message = mistake(*words, "--set", "compute.compile=true")
    assert "compute.compile needs a C++ compiler, and '" in message
    assert "in the environment variable CXX, or leave compute.compile out" in message
    assert not (tmp_path / "run" / "recipe.yaml").exists()


def test_a_broken_compiler_is_said_before_anything_is_read(
    people, tiny_file, tmp_path, mistake, monkeypatch
):
    broken = tmp_path / "broken++"
    broken.write_text("#!/bin/sh\necho no headers here >&2\necho more >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CXX", str(broken))
    words = ("train", people, "--recipe", tiny_file, "--out", tmp_path / "run")
    message = mistake(*words, "--set", "compute.compile=true")
    assert f"and '{broken}' cannot compile a line (no headers here); install one, " in message
    assert not (tmp_path / "run" / "recipe.yaml").exists()
