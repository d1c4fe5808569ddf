"""docs/crop.md is run at small size: drawn frames to a searched gallery, held against the truth."""

import csv
import re
import shlex
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from tests.cropping.drawn import listed
from vireid.cli.main import main

PAGE = Path(__file__).resolve().parents[2] / "docs" / "crop.md"
SMALL = {
    "vireid synth": "--identities 5 --test-identities 3 --processes 1",
    "vireid train": "--set height=48 width=24 "
    "stages.intra.epochs=1 stages.joint.epochs=1 stages.aligned.epochs=1 "
    "stages.intra.iterations=2 stages.joint.iterations=2 stages.aligned.iterations=2",
}
"""What keeps a command of the page short here."""


def commands() -> list[list[str]]:
    """Return the commands of the page's walk."""
    walk = PAGE.read_text(encoding="utf-8").split("## One walk")[1].split("\n## ")[0]
    return [shlex.split(line) for line in re.findall(r"^ {4}(vireid .+)", walk, re.MULTILINE)]


def overlap(one: list[float], other: list[float]) -> float:
    """Return the intersection over the union of two boxes."""
    low = [max(one[k], other[k]) for k in (0, 1)]
    high = [min(one[k] + one[k + 2], other[k] + other[k + 2]) for k in (0, 1)]
    common = max(0.0, high[0] - low[0]) * max(0.0, high[1] - low[1])
    return common / (one[2] * one[3] + other[2] * other[3] - common)


def truth(folder: Path) -> dict[tuple[str, str, str], dict[str, str]]:
    """Return what is true of each box, by camera, frame and track."""
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        return {(r["camera"], r["frame"], r["track"]): r for r in csv.DictReader(file)}


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Walk through the page, and return the folder and what the search printed."""
    folder = tmp_path_factory.mktemp("walk")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for words in commands():
            if words[1] == "evaluate":
                block = PAGE.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
                exec(block, {})
            more = shlex.split(SMALL.get(" ".join(words[:2]), ""))
            assert main([*words[1:], *more]) == 0, words
    return folder


@pytest.mark.parametrize("day", ["day1", "day2"])
def test_crops_agree_with_the_truth(walked, day):
    known, rows = truth(walked / "scenes" / day), listed(walked / "crops" / day)
    shares, people = [], defaultdict(set)
    for row in rows:
        camera, track = row["track"].split("/")
        fact = known[camera, Path(row["frame"]).name, track]
        assert fact["identity"], "a box where nobody is has too little confidence"
        exact = [float(fact[name]) for name in ("left", "top", "width", "height")]
        shares.append(overlap([float(cell) for cell in row["box"].split(" ")], exact))
        people[row["track"]].add(fact["identity"])
        assert (walked / "crops" / day / row["path"]).is_file()
    assert len(rows) > 60
    assert np.mean(shares) > 0.85
    assert min(shares) > 0.5
    assert all(len(found) == 1 for found in people.values())


def test_the_second_day_has_other_people(walked):
    days = [truth(walked / "scenes" / day) for day in ("day1", "day2")]
    people = [{row["identity"] for row in day.values()} - {""} for day in days]
    assert not people[0] & people[1]
    rows = listed(walked / "crops" / "day2")
    assert {row["camera"]: row["modality"] for row in rows} == {
        "cam1": "visible", "cam2": "visible", "cam3": "infrared", "cam4": "infrared"
    }  # fmt: skip


def test_times_run_forwards_in_each_camera(walked):
    rows = listed(walked / "crops" / "day1")
    for camera in ("cam1", "cam2", "cam3", "cam4"):
        times = [row["timestamp"] for row in rows if row["camera"] == camera]
        assert times == sorted(times)
        assert all(time.startswith("2026-03-02T") and time.endswith("+01:00") for time in times)


def test_the_gallery_is_searched(walked, capsys, monkeypatch):
    monkeypatch.chdir(walked)
    capsys.readouterr()
    assert main(next(words for words in commands() if words[1] == "search")[1:]) == 0
    said = capsys.readouterr().out
    paths = {row["path"] for row in listed(walked / "crops" / "day2")}
    found = [word for word in said.split() if word.endswith(".png")]
    assert len([path for path in paths if any(word.endswith(path) for word in found)]) >= 5


def test_the_page_says_what_the_command_has(capsys):
    with pytest.raises(SystemExit):
        main(["crop", "--help"])
    options = set(re.findall(r"--[a-z][a-z-]+", capsys.readouterr().out)) - {"--help"}
    page = PAGE.read_text(encoding="utf-8")
    assert {option for option in options if option not in page} <= {"--workers", "--first-frame"}
