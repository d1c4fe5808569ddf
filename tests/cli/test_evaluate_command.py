"""`vireid evaluate`."""

import json
import math
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from tests.written import entries, only, table
from vireid.cli.main import main
from vireid.data import load_pixels, open_data
from vireid.models.extract import extract
from vireid.runs import Run, load_network
from vireid.scoring import score, sysu

COMMON = {"version", "seconds", "seed", "protocols"}
SCORES = ["rank1", "rank5", "rank10", "rank20", "mAP", "mINP"]
PROTOCOL = "SYSU-MM01 all-search, single-shot, infrared-to-visible"
STAGES = ["before", "joint", "aligned"]


@pytest.fixture
def run(trained, tmp_path):
    """Return a copy of the trained run, to be written to or damaged."""
    return shutil.copytree(trained, tmp_path / "run")


def stages(run):
    """Return the stages of the only protocol in metrics.json."""
    return set(only(run / "metrics.json")["stages"])


def go(*words):
    assert main(["evaluate", *(str(word) for word in words)]) == 0


def test_every_stage_is_scored_in_percent(run, people, capsys):
    go(run, people, "--every-stage")
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics.keys() == COMMON
    ((key, entry),) = metrics["protocols"].items()
    assert key == f"{PROTOCOL}, 10 draws"
    assert (metrics["seed"], entry["data"]) == (0, "people (SYSU-MM01 layout)")
    assert metrics["seconds"].keys() == {
        "reading", "training", "labelling", "steps", "evaluation",
    }  # fmt: skip
    assert all(math.isfinite(value) and value > 0 for value in metrics["seconds"].values())
    data = open_data(people)
    metrics = entry["stages"]
    assert list(metrics) == STAGES
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
    assert stages(run) == {"joint"}
    go(run, people, "--draws", "1")
    assert stages(run) == {"joint", "aligned"}
    assert only(run / "metrics.json")["networks"].keys() == {"joint", "aligned"}


def test_the_figure_shows_queries_and_right_answers(run, people):
    go(run, people, "--draws", "1")
    with Image.open(table(run, "png", "ranked-list")) as image:
        pixels = np.asarray(image.convert("RGB"))
    for colour in ((46, 139, 87), (90, 90, 90)):
        assert (pixels == colour).all(axis=2).any()


def test_the_way_of_searching_can_be_chosen(run, people, capsys):
    go(run, people, "--mode", "indoor", "--shots", "10", "--draws", "2")
    out = capsys.readouterr().out
    assert "indoor-search, multi-shot" in out
    assert "2 equal draws" in out, "nobody has more than ten images"


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
        (["--flip", "--flip-both"], "argument --flip-both: not allowed with argument --flip"),
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


def test_protocols_stand_side_by_side(run, people, capsys):
    go(run, people, "--draws", "1")
    first = entries(run / "metrics.json"), entries(run / "evaluation.json")
    rows = table(run).read_bytes()
    go(run, people, "--stage", "before", "--mode", "indoor", "--draws", "1")
    go(run, people, "--flip")
    assert "replaced in" not in capsys.readouterr().out
    for name, earlier in zip(("metrics.json", "evaluation.json"), first, strict=True):
        found = entries(run / name)
        assert found.items() > earlier.items()
        assert [(key, set(entry["stages"])) for key, entry in found.items()] == [
            (f"{PROTOCOL}, 1 draw", {"aligned"}),
            ("SYSU-MM01 indoor-search, single-shot, infrared-to-visible, 1 draw", {"before"}),
            (f"{PROTOCOL}, flip-averaged, 10 draws", {"aligned"}),
        ]
    assert len(list(run.glob("queries-*.parquet"))) == len(list(run.glob("ranked-list-*.png"))) == 3
    kept = next(run.glob("queries-*-all-*-visible-1-draw.parquet"))
    assert kept.read_bytes() == rows


def test_all_combinations_of_one_command_take_one_embedding(run, people, capsys, monkeypatch):
    from vireid.scoring import networks

    seen, embed = [], networks.extract
    monkeypatch.setattr(networks, "extract", lambda *a, **b: seen.append(1) or embed(*a, **b))
    go("--mode", "all", "indoor", run, people, "--shots", "1", "10", "--draws", "2")
    out = capsys.readouterr().out
    assert seen == [1]
    together = entries(run / "metrics.json")
    for mode in ("all", "indoor"):
        for shots, word in ((1, "single"), (10, "multi")):
            name = f"SYSU-MM01 {mode}-search, {word}-shot, infrared-to-visible"
            assert name in out
            words = ("--mode", mode, "--shots", shots, "--draws", "2")
            go(run, people, *words, "--out", run / "alone")
            alone = entries(run / "alone" / "evaluation.json")[f"{name}, 2 draws"]
            mean = alone["stages"]["aligned"]["mean"]
            assert together[f"{name}, 2 draws"]["stages"]["aligned"] == mean
    assert len(together) == 4


def test_draws_that_are_all_equal_have_no_spread(run, people, capsys):
    go(run, people, "--shots", "10")
    title, _, row, galleries, *_ = capsys.readouterr().out.splitlines()
    assert title.endswith("10 equal draws, %")
    assert "±" not in row
    assert "nobody has more images than are drawn: all draws are equal" in galleries
    assert only(run / "metrics.json")["equal_draws"] is True
    go(run, people)
    assert "±" in capsys.readouterr().out.splitlines()[2]


def test_a_score_is_said_to_be_of_what_it_is(run, people, capsys):
    go(run, people)
    lines = [
        line for line in capsys.readouterr().out.splitlines()[3:] if not line.startswith("data: ")
    ]
    assert lines[0].startswith("galleries: the literature's, drawn by Python's random with seeds 0")
    assert lines[1].startswith("queries: all 32 count; ignored: camera 2 for queries of camera 3")
    assert lines[2].startswith("matches: none of the query's own modality, none of its own camera")
    assert lines[3].startswith("a random order scores Rank-1 25.0, mAP ")
    assert re.fullmatch(
        r"network: aligned [0-9a-f]{16}; test images 64, contents [0-9a-f]{16}, people [0-9a-f]{8}",
        lines[4],
    )
    facts = only(run / "metrics.json")
    assert (facts["direction"], facts["flip"], facts["rerank"], facts["fold"], facts["levels"]) == (
        "infrared-to-visible", False, False, None, None,
    )  # fmt: skip
    assert facts["networks"]["aligned"] in lines[4]


def test_scores_on_other_data_are_not_mixed(run, people, tmp_path, capsys):
    go(run, people, "--draws", "1")
    go(run, shutil.copytree(people, tmp_path / "others"), "--stage", "joint", "--draws", "1")
    assert stages(run) == {"joint"}
    assert only(run / "metrics.json")["data"] == "others (SYSU-MM01 layout)"
    assert "aligned (SYSU-MM01 all-search" in capsys.readouterr().out


def replaced(capsys, run):
    """Return what is said to be replaced in metrics.json."""
    start = f"replaced in {run / 'metrics.json'}: "
    lines = capsys.readouterr().out.splitlines()
    return [line.removeprefix(start) for line in lines if line.startswith(start)]


CHANGES = {
    "file": "other test images",
    "file of the same size": "other test images",
    "identity": "other test images",
    "earlier version": "test images of unknown contents",
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_scores_on_other_data_of_the_same_name_are_not_mixed(run, people, tmp_path, capsys, change):
    data = shutil.copytree(people, tmp_path / "elsewhere" / people.name)
    go(run, people, "--draws", "1")
    go(run, data, "--stage", "before", "--draws", "1")
    assert replaced(capsys, run) == [], "a copy is the same data"
    assert stages(run) == {"before", "aligned"}
    file = data / open_data(data).test.paths[0]
    if change == "file":
        file.write_bytes(file.read_bytes() + b" ")
    elif change == "file of the same size":
        file.write_bytes(file.read_bytes()[:-2] + b"\xff\xda")
    elif change == "identity":
        (data / "exp" / "test_id.txt").write_text("9,10,11")
    else:
        entry = only(run / "metrics.json")
        old = {name: entry[name] for name in ("protocol", "draws", "data")} | entry["stages"]
        (run / "metrics.json").write_text(json.dumps(old | {"test_images": "images 64, files a"}))
    go(run, data, "--stage", "joint", "--draws", "1")
    (line,) = replaced(capsys, run)
    assert line.startswith(f"aligned, before ({PROTOCOL}; people (SYSU-MM01 layout)")
    assert line.endswith(f"; 1 draw; {CHANGES[change]})")
    assert stages(run) == {"joint"}


def test_scores_of_another_network_are_not_kept(run, people, capsys):
    go(run, people, "--draws", "1")
    go(run, people, "--draws", "2", "--stage", "joint")
    for name in ("aligned", "joint"):  # as a training anew into the same folder would
        shutil.copy(run / "checkpoints/before.safetensors", run / f"checkpoints/{name}.safetensors")
    capsys.readouterr()
    go(run, people, "--draws", "1")
    out = capsys.readouterr().out
    (line,) = [row for row in out.splitlines() if row.startswith(f"replaced in {run / 'metrics'}")]
    assert line.endswith(
        f"aligned ({PROTOCOL}; people (SYSU-MM01 layout); 1 draw; another network)"
    )
    (line,) = [row for row in out.splitlines() if row.startswith("dropped from ")]
    assert line.startswith(f"dropped from {run / 'metrics.json'}: joint ({PROTOCOL}, 2 draws")
    assert set(entries(run / "metrics.json")) == {f"{PROTOCOL}, 1 draw"}
    go(run, people, "--draws", "1", "--stage", "before")
    assert "dropped" not in capsys.readouterr().out
    assert stages(run) == {"aligned", "before"}


def test_what_is_replaced_is_said_of_each_file_by_itself(run, people, tmp_path, capsys):
    go(run, people, "--draws", "1")
    go(run, people, "--draws", "1")
    assert "replaced in" not in capsys.readouterr().out, "the same scores again"
    go(run, people, "--stage", "joint", "--draws", "1")
    (said,) = [line for line in capsys.readouterr().out.splitlines() if "replaced in" in line]
    assert said.startswith(f"replaced in {run / 'evaluation.json'}: aligned (SYSU")
    go(run, people, "--stage", "before", "--draws", "1", "--out", tmp_path / "elsewhere")
    assert "replaced in" not in capsys.readouterr().out, "another place, the same protocol"


@pytest.mark.parametrize("weights", [False, True])
def test_arguments_in_the_wrong_order_are_told(run, people, mistake, weights):
    model = run / "checkpoints" / "aligned.safetensors" if weights else run
    message = mistake("evaluate", people, model)
    assert f"{people} is a data set and {model} a run or a file of one: they are swapped" in message
    assert message.endswith(f"expected vireid evaluate {model} {people}\n")
    assert "is a data set; expected a run first" in mistake("evaluate", people, people)
    assert f"there are runs below it: {run}" in mistake("evaluate", run.parent, people)
