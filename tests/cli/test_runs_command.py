"""`vireid runs`."""

import json
import re
import shutil

import pytest

from vireid.cli.main import main


@pytest.fixture
def runs(trained, tmp_path):
    """Return a folder with a finished run, one with scores and a damaged one."""
    for name in ("b", "[a]", "c"):
        shutil.copytree(trained, tmp_path / name)
    scores = {"rank1": 61.75, "mAP": 57.5, "mINP": float("nan")}
    (tmp_path / "b" / "metrics.json").write_text(json.dumps({"aligned": scores}))
    (tmp_path / "c" / "recipe.yaml").write_text("height: [")
    return tmp_path


def test_the_table_has_a_line_for_each_run_and_a_reason_for_each_damage(runs, capsys):
    assert main(["runs", str(runs)]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split()[:2] == ["run", "state"]
    cells = [line.split() for line in lines]
    assert [line[:2] for line in cells[:3]] == [
        [str(runs / "[a]"), "finished"],
        [str(runs / "b"), "evaluated"],
        [str(runs / "c"), "damaged"],
    ]
    assert "aligned 2/2" in lines[0]
    assert "people (SYSU-MM01 layout)" in lines[0]
    assert cells[0][-5:-3] == ["-", "-"]
    assert cells[1][-6:-3] == ["aligned", "61.8", "57.5"]
    assert re.fullmatch(r"\d+:\d\d:\d\d", cells[1][-1])
    (reason,) = lines[3:]
    assert reason.startswith(f"damaged: {runs / 'c'}: {runs / 'c' / 'recipe.yaml'}: ")


def test_protocol_recipe_and_seed_are_named(runs, people, tiny_file, capsys):
    name = "SYSU-MM01 {}-search, single-shot, infrared-to-visible"
    words = ["--mode", "all", "indoor", "--draws", "2"]
    assert main(["evaluate", str(runs / "[a]"), str(people), *words]) == 0
    capsys.readouterr()
    assert main(["runs", str(runs / "[a]")]) == 0
    header, first, second = (
        [cell.strip() for cell in line.split("  ") if cell.strip()]
        for line in capsys.readouterr().out.splitlines()
    )
    assert header[:5] == ["run", "state", "recipe", "seed", "data"]
    assert first[2:4] == [f"{tiny_file.stem}, changed", "0"], "it has other initial weights"
    assert name.format("all") in first
    assert second[:2] == [name.format("indoor"), "aligned"]
    assert main(["runs", "--json", str(runs / "[a]")]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["seed"], found["draws"]) == (0, 2)
    assert found["protocol"] == name.format("all")
    told = [(one["protocol"], one["draws"], one["stage"]) for one in found["evaluations"]]
    assert told == [(name.format(mode), 2, "aligned") for mode in ("all", "indoor")]
    assert found["evaluations"][0]["scores"] == found["scores"]


@pytest.mark.parametrize("changed", [False, True])
def test_a_recipe_has_its_name_while_only_the_seed_is_another(
    people, tiny_file, tmp_path, capsys, changed
):
    more = ["seed=3"] + ["batch_images=3"] * changed
    words = ["train", people, "--recipe", tiny_file, "--out", tmp_path / "one", "--set", *more]
    for resume in ([], ["--resume"]):
        assert main([str(word) for word in (*words, *resume)]) == 0
    capsys.readouterr()
    assert main(["runs", "--json", str(tmp_path / "one")]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["recipe"], found["seed"]) == (f"{tiny_file.stem}{', changed' * changed}", 3)


def test_programs_get_json(runs, capsys):
    assert main(["runs", "--json", str(runs / "b"), str(runs / "c")]) == 0
    one, other = json.loads(capsys.readouterr().out)
    assert (one["folder"], one["state"], one["scored"]) == (str(runs / "b"), "evaluated", "aligned")
    assert one["scores"] == {"rank1": 61.75, "mAP": 57.5}
    assert one["progress"] == 1.0
    assert one["signals"].keys() == {"clarity", "margin", "stability"}
    assert (other["state"], other["recipe"]) == ("damaged", None)
    assert "recipe.yaml" in other["reason"]


def test_here_is_where_it_looks_if_not_told(runs, capsys, monkeypatch):
    monkeypatch.chdir(runs)
    assert main(["runs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["[a]", "b", "c"]


def test_where_there_is_nothing(tmp_path, capsys, mistake):
    assert main(["runs", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"no runs in {tmp_path} or below\n"
    assert main(["runs", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert "nowhere is no folder" in mistake("runs", tmp_path / "nowhere")


def test_the_mean_is_that_of_runs_evaluated_alike(runs, trained, capsys):
    for name in ("d", "e"):
        shutil.copytree(trained, runs / name)
    for name, score in (("[a]", 50.0), ("b", 60.0), ("d", 10.0), ("e", 20.0)):
        metrics = {"aligned": {"rank1": score, "mAP": 40.0}, "protocol": "RegDB"}
        metrics["protocol"] = "other" if name == "d" else "RegDB"
        metrics["draws"] = 10 if name == "e" else 1
        (runs / name / "metrics.json").write_text(json.dumps(metrics))
    assert main(["runs", "--mean", str(runs)]) == 0
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("mean ± standard deviation over runs, %")
    assert [line.split() for line in lines[start + 1 :]] == [
        ["protocol", "stage", "runs", "Rank-1", "mAP"],
        ["RegDB,", "1", "draw", "aligned", "2", "55.0", "±", "7.1", "40.0", "±", "0.0"],
        ["RegDB,", "10", "draws", "aligned", "1", "20.0", "40.0"],
        ["other", "aligned", "1", "10.0", "40.0"],
    ]
