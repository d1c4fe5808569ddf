"""The finding on undamaged data, as a value."""

from dataclasses import replace

import numpy as np
import pytest

from tests.people import manifest, rows, two_folders
from vireid.data.check import inspection
from vireid.data.check.file_facts import FileFact, look_at
from vireid.data.check.inspection import CameraCount, check, judge
from vireid.data.folder import DataFolder, no_images
from vireid.data.layouts.problems import Problem, Scan
from vireid.data.layouts.sysu import SYSU_MM01
from vireid.data.statistics import differing_counts, looks_original
from vireid.errors import ConfigError
from vireid.types import Images, Modality, Truth

GOOD = FileFact(64, 32, b"x")
NONE = no_images("data")


@pytest.mark.parametrize("layout", ["sysu", "regdb", "llcm", "manifest"])
@pytest.mark.parametrize("quick", [False, True])
def test_a_sound_data_set_has_no_faults(original, layout, quick):
    calls = []
    found = check(
        original(layout), quick=quick, workers=2, progress=lambda *call: calls.append(call)
    )
    assert (found.faults, found.warnings, found.training, found.evaluation) == ((), (), "", "")
    assert found.usable
    assert set(found.findings.values()) == {0}
    total = found.counts["train images"] + found.counts["test images"]
    assert calls == [(done, total) for done in range(1, total + 1)]
    assert (found.card is None) == (layout == "manifest")
    assert sum(camera.images for camera in found.cameras) == total
    assert found.counts["train identities"] == 3


def test_two_folders_can_be_trained_on_only(original):
    found = check(original("folders"))
    assert found.usable
    assert (found.training, found.evaluation) == ("", "there are no test images")
    assert found.cameras == (
        CameraCount("train", Modality.VISIBLE, 0, None, 10),
        CameraCount("train", Modality.INFRARED, 0, None, 10),
    )


def images(count, folder="train"):
    kinds = np.arange(count) % 2
    return Images("data", tuple(f"{folder}/{n}.jpg" for n in range(count)), kinds, kinds + 1)


def facts(count, fact=GOOD):
    return tuple(replace(fact, digest=b"%d" % n) for n in range(count))


def judged(train, test=NONE, problems=(), **fields):
    data = DataFolder("data", train, test, **fields)
    paths = (*train.paths, *test.paths)
    looked = dict(zip(paths, facts(len(paths)), strict=True))
    return judge([Scan("data", data, problems)], looked)


def test_test_images_without_identities_can_be_searched_not_scored():
    found = judged(images(4), images(2, "test"), roles=("query", "gallery"), protocol="plain")
    assert found.usable
    assert found.evaluation == "the test images have no identities"
    assert "not scored" in found.warnings[0]


def test_a_test_part_alone_is_good_for_evaluation():
    truth = Truth(np.array([1, 1]))
    roles = ("query", "gallery")
    found = judged(no_images("data"), images(2), test_truth=truth, roles=roles, protocol="plain")
    assert found.usable
    assert (found.training, found.evaluation) == ("there are no training images", "")


def test_what_is_good_for_nothing_is_not_usable():
    found = judged(no_images("data"), images(2), roles=("query", "gallery"), protocol="plain")
    assert not found.usable
    assert found.faults == ()


def test_problems_are_faults_by_kind():
    problems = (
        Problem("missing file", "file 'a' is missing"),
        Problem("faulty entry", "path is empty"),
        Problem("missing file", "file 'b' is missing"),
    )
    found = judged(images(4), problems=problems)
    assert found.faults == ("file 'a' is missing; file 'b' is missing", "path is empty")
    assert found.training == "mend the faults first"
    assert found.findings["list entries without a file"] == 2
    assert found.findings["faulty list entries"] == 1


def test_counts_of_what_looks_like_the_original_are_compared(monkeypatch):
    card = replace(
        SYSU_MM01, statistics={"train identities": 2, "train visible images": 5, "cameras": 2}
    )
    monkeypatch.setitem(inspection.CARDS, "sysu", card)
    truth = Truth(np.array([1, 1, 2, 2]))
    found = judged(images(4), train_truth=truth, protocol="sysu")
    assert found.warnings == ("train visible images: 2, but SYSU-MM01 has 5",)
    assert found.usable
    other = judged(images(4), train_truth=Truth(np.arange(4) // 4), protocol="sysu")
    assert other.warnings == (), "one identity of two: another data set in this layout"


def test_a_tenth_of_the_identities_may_be_missing_from_a_damaged_original():
    counts = dict(SYSU_MM01.statistics)
    assert not differing_counts(counts, SYSU_MM01)
    for identities, alike in ((395, True), (356, True), (355, False), (434, True), (435, False)):
        assert looks_original({**counts, "train identities": identities}, SYSU_MM01) == alike
    assert not looks_original({}, SYSU_MM01)


def test_odd_sizes_are_measured_against_nearly_all_others():
    sizes = [(64, 32)] * 19 + [(70, 32)]
    looked = tuple(FileFact(h, w, b"%d" % n) for n, (h, w) in enumerate(sizes))
    data = DataFolder("data", images(20), no_images("data"))
    mixed = (*looked[:18], FileFact(71, 32, b"a"), FileFact(70, 32, b"b"))
    for all_facts, number in ((looked, 1), (mixed, 0)):
        by_path = dict(zip(data.train.paths, all_facts, strict=True))
        assert judge([Scan("data", data)], by_path).findings["files of an odd size"] == number


def test_colours_whose_lower_bits_are_lost_are_named_with_what_to_do():
    train = images(4)
    wasted = facts(4, replace(GOOD, wasted=True))
    scan = Scan("data", DataFolder("data", train, NONE), ())
    found = judge([scan], dict(zip(train.paths, wasted, strict=True))).warnings
    (line,) = [one for one in found if "more than 8 bits" in one]
    assert line.startswith("4 images in colour or with transparency")
    assert "save them as grey levels of 16 bits without transparency" in line


def test_workers_are_at_least_one(original):
    with pytest.raises(ConfigError, match="workers is 0; expected at least 1"):
        check(original("sysu"), workers=0)
    assert look_at(no_images("data")) == ()


def test_cameras_are_called_by_their_names(tmp_path):
    root = two_folders(tmp_path / "data", people=2, shots=1)
    table = [(*row[:2], "gate" if row[1] == "visible" else "", *row[3:]) for row in rows(root)]
    found = check(manifest(root / "named.csv", table), workers=1)
    assert {(one.modality.name, one.name) for one in found.cameras} == {
        ("VISIBLE", "gate"),
        ("INFRARED", "unknown"),
    }
