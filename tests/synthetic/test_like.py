"""The counts of the public data sets, and what is written by them."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from vireid.data import open_data
from vireid.errors import ConfigError
from vireid.scoring import sysu
from vireid.synthetic import DEFAULTS, LIKE, like, synthesise
from vireid.synthetic.files import lists
from vireid.types import SYSU_CAMERAS, Images, Modality, Truth

TABLE = {
    "train": (4721, 5753, 5929, 4821, 4989, 4000),
    "val": (0, 0, 1980, 990, 984, 0),
    "test": (1374, 1565, 1883, 1918, 1918, 1920),
}
"""Images of SYSU-MM01 by role and camera, as stated by those who counted its lists."""


def test_sysu_has_the_stated_images_of_each_role_and_camera():
    settings = LIKE["sysu"]
    people = settings.people
    found = Counter()
    for identity in people.everybody:
        for camera in settings.cameras_of(identity):
            found[people.roles[identity], camera] += settings.images_of(identity, camera)
    for role, counts in TABLE.items():
        assert tuple(found[role, camera] for camera in SYSU_CAMERAS) == counts
    unused = sum(count for (role, _), count in found.items() if role == "unused")
    assert (unused, settings.total_images) == (1118, 44745 + 1118)
    assert len(people.everybody) == 395 + 96 + 22


def test_the_lists_name_nobody_who_is_unused():
    settings = LIKE["sysu"]
    found = {name: [int(k) for k in text.split(",")] for name, text in lists(settings, [])}
    roles = settings.people.roles
    for role in ("train", "val", "test"):
        assert found[f"exp/{role}_id.txt"] == [k for k, one in roles.items() if one == role]


def test_the_galleries_have_their_real_sizes():
    settings, rows = LIKE["sysu"], []
    for identity in settings.people.everybody:
        if settings.people.is_test(identity):
            for camera in settings.cameras_of(identity):
                many = range(1, settings.images_of(identity, camera) + 1)
                rows += [
                    (identity, camera, f"cam{camera}/{identity:04d}/{n:04d}.jpg") for n in many
                ]
    camera = np.array([row[1] for row in rows])
    images = Images(".", [row[2] for row in rows], np.isin(camera, (3, 6)).astype(int), camera)
    truth = Truth([row[0] for row in rows])
    for options, size in (("all", 301), ("indoor", 112)):
        protocol = sysu(images, truth, mode=options)
        assert {len(draw.gallery) for draw in protocol.draws} == {size}
        assert {len(draw.query) for draw in protocol.draws} == {3803}


def test_llcm_has_the_stated_images_of_each_part_and_modality():
    settings = LIKE["llcm"]
    found, people = Counter(), settings.people
    assert [*people.everybody] == [*range(1, 1065)]
    for identity in people.everybody:
        cameras = settings.cameras_of(identity)
        assert len(cameras) == 10
        for camera in cameras:
            kind = settings.rig.mount(camera).modality
            found[people.is_test(identity), kind] += settings.images_of(identity, camera)
    visible, infrared = Modality.VISIBLE, Modality.INFRARED
    assert (found[False, visible], found[False, infrared]) == (16946, 13975)
    assert found[True, visible] + found[True, infrared] == 15846


def test_regdb_has_ten_images_of_412_people():
    settings = LIKE["regdb"]
    assert settings.total_images == 412 * 20
    assert settings.identities == 206


@pytest.fixture
def few(monkeypatch):
    """Six people in place of SYSU-MM01's 513."""
    roles = {2: "train", 4: "train", 5: "val", 6: "test", 9: "unused", 17: "test"}
    images = {k: {c: 1 + (k + c) % 3 for c in SYSU_CAMERAS if k != 17 or c > 2} for k in roles}
    monkeypatch.setattr(like, "_sysu", lambda: like.Counts(roles, images))
    return images


def test_what_is_written_is_read_as_sysu_under_another_name(few, tmp_path):
    settings = replace(
        LIKE["sysu"], counts="even", identities=3, test_identities=2, height=32, width=16
    )
    settings = replace(settings, counts="real")
    root = synthesise(tmp_path / "x", settings, processes=1)
    data = open_data(root)
    assert data.protocol == "sysu"
    assert data.card is None
    for images, truth, people in (
        (data.train, data.train_truth, (2, 4, 5)),
        (data.test, data.test_truth, (6, 17)),
    ):
        pairs = zip(truth.identities.tolist(), images.camera.tolist(), strict=True)
        assert Counter(pairs) == {(k, c): count for k in people for c, count in few[k].items()}
    assert synthesise(root, settings) == root


def test_drawn_images_never_bear_the_name_of_the_original(tmp_path, monkeypatch):
    root = synthesise(
        tmp_path / "x",
        replace(DEFAULTS["sysu"], identities=2, test_identities=1, visible_images=1,
                infrared_images=1, height=32, width=16),
        processes=1,
    )  # fmt: skip
    monkeypatch.setattr("vireid.data.statistics.differing_counts", lambda *_: [])
    assert open_data(root).name == "x (SYSU-MM01 layout)"
    (root / "synthetic.json").unlink()
    assert open_data(root).name == "SYSU-MM01"


@pytest.mark.parametrize(
    ("layout", "changes", "message"),
    [
        ("sysu", {"identities": 9}, "expected 395 identities and 96 test_identities"),
        ("sysu", {"overlap": 0.5}, "overlap left out"),
        ("regdb", {"counts": "real"}, "the layout regdb has none"),
        ("llcm", {"counts": "most"}, "expected even or real"),
    ],
)
def test_what_does_not_go_with_real_counts_is_refused(layout, changes, message):
    with pytest.raises(ConfigError, match=message):
        replace(LIKE[layout], **changes)
