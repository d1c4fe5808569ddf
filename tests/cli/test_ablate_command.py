"""`vireid ablate`: a whole study on fake people."""

import json
import shutil
import time
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from PIL import Image

from tests.forked import Command
from tests.written import only
from vireid.cli.main import main
from vireid.data import open_data
from vireid.recipes import dump_recipe
from vireid.runs.states import state_files
from vireid.studies import ablation_rows
from vireid.studies.folder import StudyFolder

ROWS = ["clustering only", "+ MMLM", "+ MMLM + Intra", "+ MMLM + Inter", "all"]


def words(people, tiny_file, out, *more):
    found = ["ablate", people, "--recipe", tiny_file, "--out", out, "--seeds", 0, "--threads", 1]
    return [str(word) for word in (*found, *more)]


@pytest.fixture(scope="module")
def study(people, tiny_file, tmp_path_factory):
    """Return the folder of an ablation with one seed, to be read only, and what was printed."""
    out = tmp_path_factory.mktemp("studies") / "ablation"
    with redirect_stdout(StringIO()) as printed:
        assert main(words(people, tiny_file, out)) == 0
    return out, printed.getvalue()


def lines(out):
    """Return the results without minutes and memory."""
    return [replace(result, minutes=0.0, memory=None) for result in StudyFolder(out).results()]


def test_every_row_has_a_line_and_the_shared_stage_was_trained_once(study):
    out, printed = study
    found = StudyFolder(out).results()
    assert [result.key for result in found] == [("people", 0, row) for row in ROWS]
    assert printed.count("going on after what it shares with other rows: joint") == 4
    heads = [line.split()[0] for line in printed.splitlines() if line.startswith(("joint  ", "al"))]
    assert heads.count("joint") == 1
    assert all(result.minutes > 0 for result in found)
    assert [result.pair_precision is None for result in found] == [True, *[False] * 4]


def test_a_row_is_what_train_and_evaluate_say(study, people, tiny, tmp_path):
    row = ablation_rows(tiny)["+ MMLM + Inter"]
    file = tmp_path / "row.yaml"
    file.write_text(dump_recipe(row))
    out = str(tmp_path / "run")
    assert main(["train", str(people), "--recipe", str(file), "--out", out, "--threads", "1"]) == 0
    assert main(["evaluate", out, str(people), "--threads", "1"]) == 0
    scores = only(tmp_path / "run" / "metrics.json")["stages"]["aligned"]
    epoch = json.loads((tmp_path / "run" / "metrics.jsonl").read_text().splitlines()[-1])
    (found,) = [r for r in StudyFolder(study[0]).results() if r.row == "+ MMLM + Inter"]
    for name in ("rank1", "mAP", "mINP"):
        assert getattr(found, name) == round(scores[name], 4)
    assert (found.ari, found.coverage) == (
        round(epoch["ari"]["matched"], 4), round(epoch["coverage"]["matched"], 4),
    )  # fmt: skip
    file = str(tmp_path / "train.npz")
    assert main(["embed", out, str(people), "--part", "train", "--out", file]) == 0
    with np.load(file) as arrays:
        vectors = arrays["vectors"].astype(float)
    assert found.training_mAP == pytest.approx(100 * slow_precision(vectors, people), abs=1e-3)


def slow_precision(vectors, people):
    """Return the mean AP of infrared training images among visible ones, query by query."""
    data = open_data(people)
    identities, found = data.train_truth.identities, []
    visible = np.flatnonzero(data.train.modality == 0)
    for query in np.flatnonzero(data.train.modality == 1):
        order = sorted(visible, key=lambda image: -vectors[query] @ vectors[image])
        hits = [n for n, image in enumerate(order, 1) if identities[image] == identities[query]]
        found += [sum(number / rank for number, rank in enumerate(hits, 1)) / len(hits)]
    return np.mean(found)


def test_the_folder_holds_tables_a_figure_and_no_checkpoint_but_the_shared_one(study):
    out, _ = study
    page = (out / "results.md").read_text()
    assert "    vireid ablate " in page
    assert "1 thread a process" in page
    assert "seeds 0." in page
    assert all(f"\n| {row} | " in page for row in ROWS)
    with Image.open(out / "results.png") as image:
        assert image.width > image.height > 300
    weights = [file.relative_to(out).parts for file in out.rglob("*.safetensors")]
    assert [parts[:4] for parts in weights] == [("jobs", "people", "seed-0", "shared")]
    plan = json.loads((out / "study.json").read_text())
    assert list(plan["rows"]) == ROWS
    for folder in (out / "jobs" / "people" / "seed-0").glob("*-*/"):
        assert {file.name for file in folder.iterdir()} == {
            "data.json", "levels.json", "metrics.jsonl", "recipe.yaml", "timing.json",
            "weights.json",
        }  # fmt: skip


def test_a_finished_study_is_skipped_and_says_so(study, people, tiny_file, capsys):
    out, _ = study
    before = (out / "results.csv").read_bytes()
    assert main(words(people, tiny_file, out)) == 0
    printed = capsys.readouterr().out
    assert f"people, seed 0: skipping what is finished: {', '.join(ROWS)}" in printed
    assert "epoch    loss" not in printed
    assert (out / "results.csv").read_bytes() == before


def kill_once(reached, words, out):
    """Start a study and kill it as soon as a file is there."""
    process = Command(words, out.with_name("said"))
    while not any(out.glob(reached)) and process.poll() is None:
        time.sleep(0.01)
    assert process.poll() is None, "it ended before it was killed"
    process.kill()
    process.wait()
    assert len(lines(out)) < 5


def test_a_killed_and_stopped_study_goes_on_to_the_same_table_and_says_how(
    people, tiny_file, study, tmp_path, stopping, monkeypatch, capsys
):
    out = tmp_path / "study"
    again = words(people, tiny_file, out)
    kill_once("jobs/people/seed-0/shared/*.safetensors", again, out)
    stopping(1)
    assert main(again) == 143
    monkeypatch.undo()
    assert capsys.readouterr().err.endswith(
        f"vireid ablate: stopped and saved; go on with: vireid {' '.join(again)}\n"
    )
    assert state_files(StudyFolder(out).run("people", 0, ROWS[0]))
    kill_once("results.csv", again, out)
    assert main(again) == 0
    assert lines(out) == lines(study[0])


def test_another_recipe_or_other_data_is_refused(people, draw, tiny_file, study, tmp_path, mistake):
    out, _ = study
    message = mistake(*words(people, tiny_file, out, "--set", "batch_labels=5", "weight_decay=0.2"))
    assert (
        f"{out} holds another study: batch_labels is 5, was 4; weight_decay is 0.2, was" in message
    )
    assert "give the same or choose another --out" in message
    other = draw(tmp_path / "people", cameras=(1, 3))
    message = mistake(*words(other, tiny_file, out))
    assert "data people is images 64, " in message
    assert ", was images 128, " in message
    shutil.rmtree(other)
    shutil.copytree(people, other)
    file = next(other.rglob("*.jpg"))
    file.write_bytes(file.read_bytes()[:-1] + b"?")  # as large as before
    message = mistake(*words(other, tiny_file, out))
    assert "data people is images 128, " in message
    named = draw(tmp_path / "others", cameras=(1, 3))
    message = mistake(*words(named, tiny_file, out))
    assert "data is others, was people" in message
