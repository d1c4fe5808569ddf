"""Who passes which camera, counted in the files that are written."""

import csv
import json
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import vireid
from vireid.data import open_data
from vireid.errors import ConfigError
from vireid.seeds import generator
from vireid.synthetic import DEFAULTS, SyntheticSettings, synthesise
from vireid.synthetic.rig import RIGS
from vireid.types import Modality

SMALL = {
    "identities": 5, "test_identities": 3, "visible_images": 1, "infrared_images": 2,
    "height": 32, "width": 16,
}  # fmt: skip
CHANGES = (
    ("sysu", {"overlap": 0.5}),
    ("sysu", {"overlap": 0.3, "replace": 0.6, "seed": 101}),
    ("llcm", {"overlap": 0.4, "unpaired": 0.6, "seed": 102}),
    ("llcm", {"replace": 0.8, "infrared_images": 1, "seed": 103}),
    ("manifest", {"overlap": 0.6, "cameras": (6, 3), "seed": 104}),
    ("manifest", {"overlap": 0.2, "cameras": (2, 1), "replace": 1.0, "seed": 105}),
)


def counted(root: Path) -> Counter:
    """Count the images by part, person, modality and camera, as a reader finds them."""
    data, found = open_data(root), Counter()
    parts = (("train", data.train, data.train_truth), ("test", data.test, data.test_truth))
    for part, images, truth in parts:
        found.update(
            (part, int(k), int(kind), int(camera))
            for k, kind, camera in zip(
                truth.identities, images.modality, images.camera, strict=True
            )
        )
    return found


def slow(settings: SyntheticSettings, identity: int, kind: Modality) -> set[int]:
    """Say which cameras a person passes if nobody is unpaired, by the words of the page."""
    tested = settings.identities < identity <= settings.identities + settings.test_identities
    way = [mount.number for mount in settings.rig.mounts if mount.modality == kind]
    if settings.layout == "llcm":
        way = [number for number in way if not (tested and number == 13)]
        rng = generator(settings.seed, "identity", identity, "cameras", int(kind))
        way = rng.choice(way, 5, replace=False).tolist()
    lots = [(generator(settings.seed, "identity", identity, "passes", c).random(), c) for c in way]
    return {c for lot, c in lots if lot < settings.overlap} | {min(lots)[1]}


@pytest.mark.parametrize(("layout", "changes"), CHANGES)
def test_the_files_hold_what_each_person_passes(layout, changes, tmp_path):
    settings = replace(DEFAULTS[layout], **{**SMALL, **changes})
    root = synthesise(tmp_path / "x", settings, processes=1)
    first_test, last_test = settings.identities + 1, settings.identities + settings.test_identities
    side = json.loads((root / "synthetic.json").read_text())
    only = {k: kind for kind in Modality for k in side.get(f"{kind.name.lower()}_only", [])}
    place = {int(k): one for k, one in side.get("stands_in_for", {}).items()}
    expected = Counter()
    for k in [*range(1, last_test + 1), *place]:
        for kind in Modality if k not in only else (Modality.VISIBLE, Modality.INFRARED):
            if only.get(k, kind) != kind:
                continue
            images = (settings.visible_images, settings.infrared_images)[kind]
            for camera in slow(settings, place.get(k, k), kind):
                part = (
                    "test" if first_test <= k < first_test + settings.test_identities else "train"
                )
                shown = camera % 10 if layout == "llcm" else camera
                expected[part, k, int(kind), shown] = images
    found = counted(root)
    if layout == "llcm":  # its lists number the people to train on from 0
        train = sorted({key[1] for key in expected if key[0] == "train"})
        expected = Counter({
            (part, train.index(k) if part == "train" else k, *rest): count
            for (part, k, *rest), count in expected.items()
        })  # fmt: skip
    assert found == expected
    assert sum(found.values()) == settings.total_images == side["images"]
    assert all(
        {kind for part, one, kind, _ in found if (part, one) == ("test", k)} == {0, 1}
        for k in {key[1] for key in found if key[0] == "test"}
    )


@pytest.mark.parametrize("overlap", [0.0, 0.2, 0.5, 0.9])
def test_a_camera_is_passed_with_its_probability_and_one_always(overlap):
    settings = SyntheticSettings(identities=1500, test_identities=500, overlap=overlap, seed=100)
    seen = Counter(c for k in range(1, 2001) for c in settings.cameras_of(k))
    for kind, cameras in ((Modality.VISIBLE, 4), (Modality.INFRARED, 2)):
        chance = overlap + (1 - overlap) ** cameras / cameras
        spread = (2000 * chance * (1 - chance)) ** 0.5
        for mount in RIGS["sysu"].mounts:
            if mount.modality == kind:
                assert abs(seen[mount.number] - 2000 * chance) < 4 * spread


@pytest.mark.parametrize("layout", ["sysu", "manifest", "llcm"])
def test_a_larger_overlap_only_adds_cameras(layout):
    last = defaultdict(set)
    for overlap in (0.0, 0.3, 0.31, 0.8, 1.0):
        settings = replace(DEFAULTS[layout], overlap=overlap, seed=100)
        for identity in settings.people.everybody:
            seen = set(settings.cameras_of(identity))
            assert last[identity] <= seen
            last[identity] = seen
    everybody = DEFAULTS[layout]
    assert last[1] == set(replace(everybody, seed=100).cameras_of(1))
    assert all(len(seen) == sum(everybody.rig.seen_by.values()) for seen in last.values())


def test_images_that_are_there_equal_those_of_who_passes_all_cameras(tmp_path):
    some, everything = (
        synthesise(tmp_path / str(p), SyntheticSettings(**SMALL, overlap=p), processes=1)
        for p in (0.4, 1.0)
    )
    files = {path.relative_to(some) for path in some.glob("cam*/*/*.jpg")}
    assert files < {path.relative_to(everything) for path in everything.glob("cam*/*/*.jpg")}
    assert all((some / path).read_bytes() == (everything / path).read_bytes() for path in files)
    for name in ("train", "val", "test"):
        assert (some / f"exp/{name}_id.txt").read_text() == (
            everything / f"exp/{name}_id.txt"
        ).read_text()
    assert '"overlap"' not in (everything / "synthetic.json").read_text()
    assert json.loads((some / "synthetic.json").read_text())["settings"]["overlap"] == 0.4


def test_queries_whose_only_match_shares_their_place_do_not_count(tmp_path):
    settings = SyntheticSettings(
        **{**SMALL, "identities": 8, "test_identities": 24, "infrared_images": 1},
        overlap=0.0,
        seed=100,
    )
    root = synthesise(tmp_path / "x", settings, processes=1)
    with (root / "factors.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["identity"]) > 8]
    cameras = defaultdict(set)
    for row in rows:
        cameras[row["identity"]].add(int(row["camera"]))
    alone = sum(seen == {2, 3} for seen in cameras.values())
    assert 0 < alone < 24, "the case is there"
    found = vireid.check(root)
    assert not found.evaluation, "it is possible"
    assert found.queries.queries == 24
    assert set(found.queries.valid) == {24 - alone}


@pytest.mark.parametrize("overlap", [-0.1, 1.1, float("nan")])
def test_other_probabilities_are_refused(overlap):
    with pytest.raises(ConfigError, match=r"overlap is .*; expected 0 to 1"):
        SyntheticSettings(overlap=overlap)
    with pytest.raises(ConfigError, match=r"overlap does not apply to RegDB.*leave it 1"):
        replace(DEFAULTS["regdb"], overlap=0.5)


def test_all_settings_go_through_json():
    settings = replace(DEFAULTS["manifest"], overlap=0.3, replace=0.5, cameras=(5, 3))
    again = SyntheticSettings(**json.loads(json.dumps(settings.as_dict())))
    assert again == settings
    assert not {"overlap", "replace", "cameras"} & DEFAULTS["manifest"].as_dict().keys()
    assert np.isclose(settings.overlap, 0.3)
