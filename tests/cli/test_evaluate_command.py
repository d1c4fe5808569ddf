"""`vireid evaluate`."""

import json
import math
import shutil

import numpy as np
import pytest
from PIL import Image

from vireid.cli.main import main
from vireid.data import load_pixels, open_data
from vireid.models.extract import extract
from vireid.runs import Run, load_network
from vireid.scoring import score, sysu

FACTS = {"seconds", "seed", "protocol", "draws", "data", "test_images"}
SCORES = ["rank1", "rank5", "rank10", "rank20", "mAP", "mINP"]
PROTOCOL = "SYSU-MM01 all-search, single-shot, infrared-to-visible"
STAGES = ["before", "joint", "aligned"]


@pytest.fixture
def run(trained, tmp_path):
    """Return a copy of the trained run, to be written to or damaged."""
    return shutil.copytree(trained, tmp_path / "run")


def go(*words):
    assert main(["evaluate", *(str(word) for word in words)]) == 0


def test_every_stage_is_scored_in_percent(run, people, capsys):
    go(run, people, "--every-stage")
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics.keys() == {*STAGES, *FACTS}
    assert (metrics["seed"], metrics["data"]) == (0, "people (SYSU-MM01 layout)")
    assert metrics["seconds"].keys() == {
        "reading", "training", "labelling", "steps", "evaluation",
    }  # fmt: skip
    assert all(math.isfinite(value) and value > 0 for value in metrics["seconds"].values())
    data = open_data(people)
    for stage in STAGES:
        pixels = load_pixels(data.test, (32, 16))
        embeddings = extract(load_network(Run(run), stage), pixels, data.test.modality)
        expected = score(embeddings, data.test_truth, sysu(data.test, data.test_truth)).table()
        assert list(metrics[stage]) == SCORES
        assert metrics[stage] == pytest.approx(expected, abs=1e-9)
        assert metrics[stage]["rank20"] == 100, "four people are within the first twenty"
    out = capsys.readouterr().out
    for name in ("Rank-1", "Rank-5", "Rank-10", "Rank-20", "mAP", "mINP"):
        assert name in out
    for stage in STAGES:
        (row,) = [line for line in out.splitlines() if line.startswith(f"{stage} ")]
        numbers = [cell.split() for cell in row.removeprefix(stage).split("  ") if cell.strip()]
        means = [f"{metrics[stage][name]:.1f}" for name in SCORES]
        assert [cell[0] for cell in numbers] == [*means, "32"], "32 queries, all of which count"
        assert [cell[1] for cell in numbers[:-1]] == ["±"] * len(SCORES)


def test_one_stage_is_added_to_what_is_there(run, people):
    go(run, people, "--stage", "joint", "--draws", "1")
    assert json.loads((run / "metrics.json").read_text()).keys() == {"joint", *FACTS}
    go(run, people, "--draws", "1")
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics.keys() == {"joint", "aligned", *FACTS}


def test_the_figure_shows_queries_and_right_answers(run, people):
    go(run, people, "--draws", "1")
    with Image.open(run / "ranked-list.png") as image:
        pixels = np.asarray(image.convert("RGB"))
    for colour in ((46, 139, 87), (90, 90, 90)):
        assert (pixels == colour).all(axis=2).any()


def test_the_way_of_searching_can_be_chosen(run, people, capsys):
    go(run, people, "--mode", "indoor", "--shots", "10", "--draws", "2")
    out = capsys.readouterr().out
    assert "indoor-search, multi-shot" in out
    assert "2 draws" in out


def test_a_manifest_says_what_is_query_and_gallery(run, people, tmp_path, capsys):
    data = shutil.copytree(people, tmp_path / "data")
    test = open_data(people)
    rows = [
        f"{path},{'infrared' if side else 'visible'},{camera},{identity},"
        + ("query" if side else "gallery")
        for path, side, camera, identity in zip(
            test.test.paths, test.test.modality, test.test.camera, test.test_truth.identities,
            strict=True,
        )
    ]  # fmt: skip
    (data / "manifest.csv").write_text("\n".join(["path,modality,camera,identity,split", *rows]))
    go(run, data)
    assert "query against gallery" in capsys.readouterr().out
    assert main(["evaluate", str(run), str(data), "--mode", "indoor"]) == 2
    assert "--mode applies to the protocol sysu; data is evaluated by plain" in (
        capsys.readouterr().err
    )


def test_data_without_test_identities(run, people, tmp_path, mistake):
    data = tmp_path / "data"
    for kind, camera in (("visible", "cam1"), ("infrared", "cam3")):
        shutil.copytree(people / camera, data / kind)
    assert "has no test images with identities" in mistake("evaluate", run, data)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--stage", "nope"], "has no stage nope; it has: before, joint, aligned"),
        (["--stage", "joint", "--every-stage"], "not allowed with"),
        (["--draws", "0"], "argument --draws: '0' is given; expected at least 1"),
        (["--draws", "x"], "--draws"),
        (["--shots", "3"], "--shots"),
        (["--mode", "outdoor"], "--mode"),
        (["--threads", "0"], "--threads 0: expected at least 1"),
    ],
)
def test_options_that_cannot_be_used(run, people, mistake, options, message):
    assert message in mistake("evaluate", run, people, *options)


@pytest.mark.parametrize("options", [[], ["--every-stage"], ["--stage", "before"]])
def test_a_run_that_is_not_there_or_not_begun(run, people, tmp_path, mistake, options):
    for place in (tmp_path / "nowhere", tmp_path):
        assert "holds no recipe.yaml" in mistake("evaluate", place, people, *options)
    shutil.rmtree(run / "checkpoints")
    assert "holds no checkpoint" in mistake("evaluate", run, people, *options)


@pytest.mark.parametrize("content", [b"", b"\xff\x00 what", b"{"])
@pytest.mark.parametrize(
    "name", ["checkpoints/aligned.safetensors", "metrics.json", "timing.json", "recipe.yaml"]
)
def test_damaged_files_are_named(run, people, mistake, name, content):
    (run / name).write_bytes(content)
    assert name in mistake("evaluate", run, people, "--draws", "1")


def test_a_checkpoint_of_another_network(run, people, mistake):
    recipe = run / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace("stripes: 1", "stripes: 2"))
    assert "belongs to another network" in mistake("evaluate", run, people)


def test_scores_of_another_protocol_are_not_mixed(run, people, capsys):
    go(run, people, "--draws", "1")
    assert "replaced in" not in capsys.readouterr().out
    go(run, people, "--stage", "before", "--mode", "indoor", "--draws", "1")
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics.keys() == {"before", *FACTS}
    assert "indoor" in metrics["protocol"]
    old = f"{PROTOCOL}; people (SYSU-MM01 layout); 1 draw"
    said = [line for line in capsys.readouterr().out.splitlines() if "replaced in" in line]
    assert said == [
        f"replaced in {run / name}: aligned ({old})" for name in ("evaluation.json", "metrics.json")
    ]


def test_scores_on_other_data_are_not_mixed(run, people, tmp_path, capsys):
    go(run, people, "--draws", "1")
    go(run, shutil.copytree(people, tmp_path / "others"), "--stage", "joint", "--draws", "1")
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics.keys() == {"joint", *FACTS}
    assert metrics["data"] == "others (SYSU-MM01 layout)"
    assert "aligned (SYSU-MM01 all-search" in capsys.readouterr().out


def replaced(capsys, run):
    """Return what is said to be replaced in metrics.json."""
    start = f"replaced in {run / 'metrics.json'}: "
    lines = capsys.readouterr().out.splitlines()
    return [line.removeprefix(start) for line in lines if line.startswith(start)]


def test_scores_over_another_number_of_draws_are_not_mixed(run, people, capsys):
    go(run, people, "--draws", "1")
    go(run, people, "--stage", "joint", "--draws", "2")
    assert replaced(capsys, run) == [f"aligned ({PROTOCOL}; people (SYSU-MM01 layout); 1 draw)"]
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics.keys() == {"joint", *FACTS}
    assert metrics["draws"] == 2


@pytest.mark.parametrize("change", ["file", "identity", "earlier version"])
def test_scores_on_other_data_of_the_same_name_are_not_mixed(run, people, tmp_path, capsys, change):
    data = shutil.copytree(people, tmp_path / "elsewhere" / people.name)
    go(run, people, "--draws", "1")
    go(run, data, "--stage", "before", "--draws", "1")
    assert replaced(capsys, run) == [], "a copy is the same data"
    assert {"before", "aligned"} < json.loads((run / "metrics.json").read_text()).keys()
    what = "other"
    if change == "file":
        file = data / open_data(data).test.paths[0]
        file.write_bytes(file.read_bytes() + b" ")
    elif change == "identity":
        (data / "exp" / "test_id.txt").write_text("9,10,11")
    else:
        what, metrics = "unknown", json.loads((run / "metrics.json").read_text())
        del metrics["test_images"]
        (run / "metrics.json").write_text(json.dumps(metrics))
    go(run, data, "--stage", "joint", "--draws", "1")
    (line,) = replaced(capsys, run)
    assert line.startswith(f"aligned, before ({PROTOCOL}; people (SYSU-MM01 layout)")
    assert line.endswith(f"; 1 draw; {what} test images)")
    assert json.loads((run / "metrics.json").read_text()).keys() == {"joint", *FACTS}


def test_what_is_replaced_is_said_of_each_file_by_itself(run, people, tmp_path, capsys):
    go(run, people, "--draws", "1")
    go(run, people, "--draws", "1")
    assert "replaced in" not in capsys.readouterr().out, "the same scores again"
    go(run, people, "--stage", "joint", "--draws", "1")
    (said,) = [line for line in capsys.readouterr().out.splitlines() if "replaced in" in line]
    assert said.startswith(f"replaced in {run / 'evaluation.json'}: aligned (SYSU")
    go(run, people, "--stage", "before", "--draws", "1", "--out", tmp_path / "elsewhere")
    assert "replaced in" not in capsys.readouterr().out, "another place, the same protocol"
