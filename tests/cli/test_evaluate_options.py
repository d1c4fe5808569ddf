"""Protocols and ways of comparing that `vireid evaluate` can be asked for."""

import shutil
from typing import get_args

import pytest

from tests.written import entries, only
from vireid.cli import evaluate
from vireid.cli.main import main
from vireid.data import open_data
from vireid.models.extract import extract
from vireid.scoring import Direction, Mode, ProtocolOptions


@pytest.fixture
def run(trained, tmp_path):
    """Return a copy of the trained run, to be written to."""
    return shutil.copytree(trained, tmp_path / "run")


def test_the_choices_are_those_of_the_protocols(monkeypatch):
    asked = {}

    def note(self, *_):
        asked.update({action.dest: action.choices for action in self._actions})

    monkeypatch.setattr(evaluate.argparse.ArgumentParser, "parse_intermixed_args", note)
    evaluate.parse([])
    assert asked["mode"] == get_args(Mode)
    assert set(asked["direction"]) == set(get_args(Direction))
    assert set(vars(ProtocolOptions())) <= set(asked)


def go(*words):
    assert main(["evaluate", *(str(word) for word in words)]) == 0


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("rerank", [False, True])
def test_mirror_images_and_re_ranking_are_off_unless_named(run, people, capsys, flip, rerank):
    words = [word for word, on in (("--flip", flip), ("--rerank", rerank)) if on]
    go(run, people, "--draws", "2", *words)
    out = capsys.readouterr().out
    assert ("flip-averaged" in out, "re-ranked" in out) == (flip, rerank)
    summary, metrics = (only(run / name) for name in ("evaluation.json", "metrics.json"))
    name = "SYSU-MM01 all-search, single-shot, infrared-to-visible"
    name += ", flip-averaged" * flip + ", re-ranked" * rerank
    assert summary["protocol"] == metrics["protocol"] == name


def test_every_image_is_embedded_once_whatever_the_draws(run, people, monkeypatch):
    from vireid.scoring import networks as scoring

    seen = []

    def counted(network, pixels, modality, *, progress):
        seen.append(len(modality))
        return extract(network, pixels, modality, progress=progress)

    monkeypatch.setattr(scoring, "extract", counted)
    go(run, people, "--draws", "7")
    assert seen == [len(open_data(people).test)]


def test_images_of_the_same_person_modality_and_camera_are_ignored(run, people, tmp_path, capsys):
    data = shutil.copytree(people, tmp_path / "data")
    lines = ["path,modality,camera,identity,split"]
    for camera, number, split in ((1, 0, "query"), (1, 1, "gallery"), (3, 0, "gallery")):
        kind = "infrared" if camera == 3 else "visible"
        lines += [
            f"cam{camera}/{identity:04d}/{number:04d}.jpg,{kind},{camera},{identity},{split}"
            for identity in range(9, 13)
        ]
    (data / "manifest.csv").write_text("\n".join(lines))
    for words, name in (
        ([], "own camera ignored"),
        (["--exclude-same-camera"], "own camera ignored"),
        (["--ignore", "own-modality"], "other modality only"),
        (["--ignore", "nothing"], "nothing ignored"),
    ):
        go(run, data, *words)
        assert f"query against gallery, {name}, 1 draw, %" in capsys.readouterr().out
    found = entries(run / "metrics.json")
    values = [entry["stages"]["aligned"]["mINP"] for entry in found.values()]
    assert len(values) == 3, "side by side"
    assert values[2] > values[0], "what else is found first"
    pairs = [list(entry["matches"].values()) for entry in found.values()]
    assert pairs == [[4, 0, 0, 0], [4, 0, 0, 0], [8, 4, 4, 0]]
