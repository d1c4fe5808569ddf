"""Pieces of other methods, written on the interface, train and go on bit-equal."""

import json
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

from vireid.runs import Run
from vireid.types import PseudoLabels

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
TERMS = """
    visible: {class_path: methods.Joined, init_args: {labels: visible}}
    infrared: {loss: cluster_nce, labels: infrared, memory_update: hardest}
    forth: {class_path: methods.Cross, init_args: {labels: visible, against: infrared}}
    back: {class_path: methods.Cross, init_args: {labels: infrared, against: visible, turn: 1}}
    proxies: {class_path: methods.Proxies, init_args: {labels: mixed, nearest: 4}}
    soft: {class_path: methods.SoftTargets, init_args: {labels: infrared, k: 8, weight: 0.5}}
"""


@pytest.fixture
def recipe(tiny_text, tmp_path):
    """Return the file of the tiny recipe with such terms in its last stage."""
    shutil.copy(HERE / "methods.py", tmp_path)
    head = tiny_text.partition("  sample_by: matched")[0]
    file = tmp_path / "mine.yaml"
    file.write_text(f"{head}  terms:{TERMS}")
    return file


def test_their_terms_train_and_go_on_bit_equal(
    people, recipe, call, same_run, stop_after, monkeypatch, tmp_path
):
    whole, half = tmp_path / "whole", tmp_path / "half"
    words = ["train", people, "--recipe", recipe]
    call(*words, "--out", whole)
    lines = [json.loads(line) for line in Run(whole).log_file.read_text().splitlines()]
    all_epochs = {"visible", "infrared", "proxies", "soft", "total"}
    assert [line["losses"].keys() - all_epochs for line in lines[1:]] == [{"forth"}, {"back"}]
    assert all(np.isfinite(value) for line in lines for value in line["losses"].values())
    stop_after(3)
    message = call(*words, "--out", half, code=143)
    monkeypatch.undo()
    call(*shlex.split(message.splitlines()[-1].partition("go on with: vireid ")[2]))
    same_run(half, whole)


def test_a_term_that_names_no_memory_is_refused_before_training(people, recipe, call, tmp_path):
    recipe.write_text(recipe.read_text().replace("against: visible", "against: proxies"))
    message = call("train", people, "--recipe", recipe, "--out", tmp_path / "run", code=2)
    assert "stage aligned: cross names proxies, which is no cluster_nce" in message


def test_soft_targets_are_those_of_the_released_code(golden, monkeypatch):
    monkeypatch.syspath_prepend(HERE)
    from methods import soft_shares

    arrays = golden("nulc_targets")
    k, rows, labels = int(arrays["k"]), arrays["features_vis"], arrays["labels_vis"]
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    near = np.argsort(-unit @ unit.T, axis=1, kind="stable")[:, :k]
    found, share = (value.numpy() for value in soft_shares(labels[near], PseudoLabels(labels)))
    dense = np.zeros_like(arrays["prob_vis"])
    np.add.at(dense, (np.arange(len(found))[:, None], found.clip(0)), share)
    clustered = labels >= 0
    assert dense[clustered] == pytest.approx(arrays["prob_vis"][clustered], abs=1e-6)


def test_the_page_shows_parts_of_them():
    text = (HERE / "methods.py").read_text()
    section = PAGE.partition("## The methods on this interface")[2].partition("\n## ")[0]
    blocks = re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)
    assert len(blocks) >= 4
    whole = {line.strip() for line in text.splitlines()}
    for line in "".join(blocks).splitlines():
        assert line.strip() in whole, line
