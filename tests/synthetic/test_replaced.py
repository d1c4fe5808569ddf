"""Training identities whose visible images are another person's."""

import csv
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from vireid.data import open_data
from vireid.errors import ConfigError
from vireid.synthetic import DEFAULTS, SyntheticSettings, synthesise

SMALL = {
    "identities": 8, "test_identities": 2, "visible_images": 1, "infrared_images": 1,
    "height": 32, "width": 16, "seed": 100,
}  # fmt: skip


def written(folder: Path, share: float) -> Path:
    return synthesise(folder, SyntheticSettings(**SMALL, replace=share), processes=1)


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("replaced") / "half", 0.5)


@pytest.fixture(scope="module")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("replaced") / "nobody", 0.0)


def listed(root: Path) -> dict[str, list[int]]:
    return {
        name: [int(k) for k in (root / f"exp/{name}_id.txt").read_text().split(",")]
        for name in ("train", "val", "test")
    }


def test_each_camera_keeps_its_people_and_images(half, nobody):
    for camera in range(1, 7):
        found = {
            root: Counter(path.parent.name for path in root.glob(f"cam{camera}/*/*.jpg"))
            for root in (half, nobody)
        }
        assert len(found[half]) == len(found[nobody]) == 10
        assert sum(found[half].values()) == sum(found[nobody].values())
        common = found[half].keys() & found[nobody].keys()
        assert len(common) == (10 if camera in (3, 6) else 6), "the visible side is replaced"


def test_half_of_the_people_are_seen_in_both_modalities(half):
    data = open_data(half)
    sides = [
        {*data.train_truth.identities[data.train.modality == kind].tolist()} for kind in (0, 1)
    ]
    assert [len(side) for side in sides] == [8, 8]
    assert len(sides[0] & sides[1]) == 4
    assert sides[0] - sides[1] == {11, 12, 13, 14}
    assert {*data.test_truth.identities.tolist()} == {9, 10}


def test_the_side_file_tells_who_stands_in_for_whom(half):
    side = json.loads((half / "synthetic.json").read_text())
    place = {int(k): one for k, one in side["stands_in_for"].items()}
    assert side["visible_only"] == sorted(place) == [11, 12, 13, 14]
    assert side["infrared_only"] == sorted(place.values())
    assert len({*place.values()}) == 4
    with (half / "factors.csv").open(newline="") as file:
        seen = {(int(row["identity"]), row["modality"]) for row in csv.DictReader(file)}
    assert all((k, "infrared") not in seen and (one, "visible") not in seen
               for k, one in place.items())  # fmt: skip


def test_who_stands_in_is_listed_where_the_replaced_person_is(tmp_path):
    root = written(tmp_path / "all", 1.0)
    place = {
        int(k): one
        for k, one in json.loads((root / "synthetic.json").read_text())["stands_in_for"].items()
    }
    lists = listed(root)
    assert lists["test"] == [9, 10]
    assert sorted(lists["train"] + lists["val"]) == [*range(1, 9), *range(11, 19)]
    assert lists["val"] == [8, *(k for k, one in place.items() if one == 8)]


def test_everybody_who_stays_looks_as_before(half, nobody):
    files = {path.relative_to(half) for path in half.glob("cam*/*/*.jpg")}
    before = {path.relative_to(nobody) for path in nobody.glob("cam*/*/*.jpg")}
    assert len(files) == len(before) == SyntheticSettings(**SMALL, replace=0.5).total_images
    assert all(
        (half / path).read_bytes() == (nobody / path).read_bytes() for path in files & before
    )
    assert len(files - before) == 4 * 4
    new = {(half / path).read_bytes() for path in files - before}
    assert not new & {(nobody / path).read_bytes() for path in before}, "other people"


@pytest.mark.parametrize("identities", [2, 7, 96])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.75, 1.0])
def test_a_larger_share_replaces_more_people_by_the_same_others(identities, share):
    all_of_them = SyntheticSettings(identities=identities, replace=1.0).people
    some = SyntheticSettings(identities=identities, replace=share).people
    assert len(some.stand_ins) == round(share * identities) == some.count - identities - 48
    assert some.stand_ins.items() <= all_of_them.stand_ins.items()
    assert sorted(all_of_them.stand_ins.values()) == [*range(1, identities + 1)]


def test_what_does_not_go_together_is_refused():
    with pytest.raises(ConfigError, match=r"unpaired is 0\.5 and replace is 0\.25; .* leave one"):
        SyntheticSettings(unpaired=0.5, replace=0.25)
    with pytest.raises(ConfigError, match="replace does not apply to RegDB's layout"):
        replace(DEFAULTS["regdb"], replace=0.5)
    with pytest.raises(ConfigError, match=r"replace is 1\.5; expected 0 to 1"):
        SyntheticSettings(replace=1.5)
    with pytest.raises(ConfigError, match=r"make 11,000 people; expected at most 9,999"):
        SyntheticSettings(identities=5400, test_identities=200, replace=1.0)
