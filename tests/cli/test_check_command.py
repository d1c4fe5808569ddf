"""`vireid check` and `vireid synth --layout`."""

import shutil
from itertools import product
from pathlib import Path

import pytest

import vireid
from vireid.cli.main import main
from vireid.data import open_data
from vireid.data.find_images import find_images
from vireid.errors import ConfigError
from vireid.runs import Origin, Run
from vireid.runs.folds import open_for

TINY = ["--identities", "2", "--test-identities", "1", "--visible-images", "1"]


def test_a_sound_data_set_gives_tables_and_code_0(people: Path, capsys) -> None:
    assert main(["check", str(people), "--quick", "--threads", "1"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = [line.split() for line in out.splitlines()]
    assert ["found", "SYSU-MM01"] in lines
    assert ["train", "visible", "images", "64", "22,258"] in lines
    assert ["train", "infrared", "6", "8", "32"] in lines
    assert ["unreadable", "files", "0"] in lines
    assert "SYSU-MM01: Wu et al., RGB-Infrared Cross-Modality Person Re-Identification" in out
    assert "to be asked for at https://github.com/wuancong/SYSU-MM01: academic use" in out
    assert (
        "queries: 32 of 32 have a match in their gallery in 10 draws, SYSU-MM01 all-search" in out
    )
    assert out.endswith("training: possible\nevaluation: possible\n")


def test_a_fault_is_printed_and_ends_with_code_2(draw, tmp_path: Path, mistake, capsys) -> None:
    root = draw(tmp_path / "people")
    (root / "cam1" / "0001" / "0002.jpg").write_text("no image")
    (root / "cam3" / "0001" / "0000.jpg").write_bytes(
        (root / "cam3" / "0001" / "0001.jpg").read_bytes()
    )
    assert main(["check", str(root), "--max-unreadable", "0"]) == 2
    out, _ = capsys.readouterr()
    fault = "1 training image cannot be read, more than --max-unreadable 0 lets pass"
    assert f"fault (training): {fault}: cam1/0001/0002.jpg cannot be decoded" in out
    assert "harm: cam3/0001/0001.jpg is cam3/0001/0000.jpg" in out
    assert out.endswith("training: not possible (mend the faults first)\nevaluation: possible\n")
    line = mistake("check", root, "--max-unreadable", "0")
    assert line == (
        f"vireid check: {root} cannot be used for training: unreadable training images (1); "
        "the lines of faults above say which\n"
    ), "what is printed above is not said again"


def test_a_few_unreadable_training_images_are_a_warning(draw, tmp_path: Path, capsys) -> None:
    root = draw(tmp_path / "people")
    (root / "cam1" / "0001" / "0002.jpg").write_text("no image")
    assert main(["check", str(root)]) == 0
    out, _ = capsys.readouterr()
    left_out = "1 training image cannot be read; training goes on without"
    assert f"warning: {left_out}, as --max-unreadable 0.01 lets pass: cam1/0001/0002.jpg" in out
    assert out.endswith("training: possible\nevaluation: possible\n")


def test_a_broken_test_image_stops_evaluation_alone(draw, tmp_path: Path, mistake, capsys) -> None:
    root = draw(tmp_path / "people")
    identity = (root / "exp" / "test_id.txt").read_text().split(",")[0]
    name = f"cam1/{int(identity):04d}/0002.jpg"
    (root / name).write_text("no image")
    assert main(["check", str(root), "--max-unreadable", "0"]) == 2
    out, _ = capsys.readouterr()
    assert (
        f"fault (evaluation): 1 test image cannot be read; an evaluation needs all: {name}" in out
    )
    assert out.endswith("training: possible\nevaluation: not possible (mend the faults first)\n")
    assert "cannot be used for evaluation: unreadable test images (1);" in mistake("check", root)


@pytest.mark.parametrize("share", ["-0.1", "1"])
def test_the_share_of_unreadable_images_is_below_1(people: Path, mistake, share: str) -> None:
    assert "expected a share from 0 to below 1" in mistake(
        "check", people, "--max-unreadable", share
    )


def test_unknown_layouts_and_folds_are_one_line(people: Path, tmp_path: Path, mistake) -> None:
    assert "has no known layout" in mistake("check", tmp_path)
    assert "has not: leave --fold out" in mistake("check", people, "--fold", "2")
    for option, value, expected in (("threads", "0", "at least 1"), ("fold", "11", "1 to 10"),
                                    ("fold", "x", "1 to 10")):  # fmt: skip
        message = f"argument --{option}: '{value}' is given; expected {expected}; see `vireid check"
        assert message in mistake("check", people, f"--{option}", value)


@pytest.mark.parametrize("layout", ["regdb", "llcm", "manifest"])
def test_what_synth_writes_passes_the_check(layout: str, tmp_path: Path, capsys) -> None:
    out = str(tmp_path / "data")
    words = [*TINY, "--infrared-images", "1", "--processes", "1", "--layout", layout]
    assert main(["synth", out, *words]) == 0
    assert main(["check", out]) == 0
    assert "evaluation: possible" in capsys.readouterr().out


def test_synth_names_its_layouts_and_refuses_others(tmp_path: Path, mistake, capsys) -> None:
    assert "market is given; expected one of sysu, " in mistake(
        "synth", tmp_path / "x", "--layout", "market"
    )
    with pytest.raises(SystemExit):
        main(["synth", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "people to train on (default: 96; regdb: 72)" in text
    assert "regdb RegDB: a visible and a thermal camera side by side" in text


def draw_regdb(root: Path, people: Path) -> Path:
    """Write the fake people in RegDB's layout; fold 2 swaps the halves of fold 1."""
    (root / "idx").mkdir(parents=True)
    for word, camera in (("Visible", 1), ("Thermal", 3)):
        lines = []
        for identity, number in product(range(1, 13), range(4)):
            source = people / f"cam{camera}" / f"{identity:04d}" / f"{number:04d}.jpg"
            target = root / word / str(identity) / f"{number}.jpg"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            lines.append((identity, f"{target.relative_to(root).as_posix()} {identity}\n"))
        for fold, part in product((1, 2), ("train", "test")):
            low = (fold == 1) == (part == "train")
            text = "".join(line for identity, line in lines if (identity <= 6) == low)
            (root / "idx" / f"{part}_{word.lower()}_{fold}.txt").write_text(text)
    return root


def test_a_run_is_evaluated_on_the_fold_it_was_trained_on(
    people: Path, tiny_file: Path, tmp_path: Path, mistake, monkeypatch
) -> None:
    root, out = draw_regdb(tmp_path / "pairs", people), tmp_path / "run"
    words = ["train", root, "--recipe", tiny_file, "--out", out, "--fold", 2]
    words += ["--set", "stages.joint.iterations=1", "stages.aligned.epochs=1"]
    assert main([str(word) for word in words]) == 0
    origin = Run(out).origin()
    assert origin == Origin("pairs (RegDB layout), fold 2", 2)
    assert open_for(out, origin, root).fold == 2
    assert open_for(out, origin, root, 2).train.paths[0] == "Visible/7/0.jpg"
    for known in (origin, Origin(None, 2)):
        with pytest.raises(ConfigError, match="was trained on fold 2"):
            open_for(out, known, root, 1)
    for command in ("evaluate", "calibrate"):
        assert "was trained on fold 2" in mistake(command, out, root, "--fold", 1)
    monkeypatch.setattr("vireid.runs.calibrate.gallery_rates", lambda gallery, **_: gallery.images)
    assert vireid.calibrate(out, root).paths[0] == "Visible/1/0.jpg", "the test part of fold 2"
    assert find_images(root, None, "test", fold=2).paths[0] == "Visible/1/0.jpg"
    assert open_for(out, origin, people).fold is None
    assert Run(tmp_path).origin() == Origin()
    assert open_for(tmp_path, Origin(), root).fold == 1


def test_other_data_has_folds_of_its_own(people: Path, tmp_path: Path) -> None:
    root, other = draw_regdb(tmp_path / "pairs", people), Origin("RegDB, fold 2", 2)
    assert open_for(tmp_path, other, root).fold == 2, "the same data may have been renamed"
    with pytest.warns(UserWarning, match=r"was trained on RegDB, fold 2: fold 1 of pairs \(Re"):
        assert open_for(tmp_path, other, root, 1).fold == 1


def test_a_protocol_without_any_valid_query_is_found(draw, tmp_path, capsys, mistake):
    root = draw(tmp_path / "people")
    for name in ("cam1", "cam6"):
        shutil.rmtree(root / name)
    assert len(open_data(root).test) > 0, "cameras 2 and 3 have the same people"
    assert main(["check", str(root), "--quick"]) == 2
    out, _ = capsys.readouterr()
    assert (
        "fault (evaluation): in draw 1 of 10 none of the 16 queries has a true match in its gallery"
        in out
    )
    assert "queries: 0 of 16 have a match in their gallery in 10 draws, SYSU-MM01 all" in out
    assert out.endswith("training: possible\nevaluation: not possible (mend the faults first)\n")
    line = mistake("check", root, "--quick")
    assert "cannot be used for evaluation: no valid query; the lines" in line
