"""More cameras than six, or fewer."""

import csv
from dataclasses import replace

import pytest

from vireid.errors import ConfigError
from vireid.synthetic import DEFAULTS, synthesise
from vireid.synthetic.camera import camera_of
from vireid.synthetic.further import rig_of
from vireid.synthetic.rig import RIGS
from vireid.types import Modality

SMALL = {
    "identities": 2, "test_identities": 1, "visible_images": 1, "infrared_images": 1,
    "height": 32, "width": 16,
}  # fmt: skip


def test_four_and_two_are_the_six():
    assert rig_of(100, (4, 2)) == RIGS["manifest"] == RIGS["sysu"]


@pytest.mark.parametrize("cameras", [(1, 1), (3, 1), (4, 2), (5, 2), (4, 3), (12, 9), (50, 50)])
def test_a_camera_is_the_same_whatever_the_number_of_others(cameras):
    rig, most = rig_of(100, cameras), rig_of(100, (50, 50))
    kinds = [mount.modality for mount in rig.mounts]
    assert (kinds.count(Modality.VISIBLE), kinds.count(Modality.INFRARED)) == cameras
    assert tuple(rig.seen_by.values()) == cameras
    assert all(most.mount(mount.number) == mount for mount in rig.mounts)
    numbers = [mount.number for mount in rig.mounts]
    assert numbers == sorted({*numbers})
    assert [mount.file_number for mount in rig.mounts] == numbers


def test_further_cameras_differ_from_each_other_and_by_seed():
    first, other = (rig_of(seed, (20, 20)).mounts[6:] for seed in (100, 101))
    for name in ("elevation", "exposure", "blur", "noise", "haze", "base_yaw"):
        values = [getattr(mount, name) for mount in first]
        assert len({*values}) == len(values)
        assert values != [getattr(mount, name) for mount in other]
    assert len({mount.scene for mount in first}) == 6
    assert len({mount.cast for mount in first if mount.modality == Modality.VISIBLE}) == 16
    settings = replace(DEFAULTS["manifest"], cameras=(20, 20), seed=100)
    assert camera_of(settings, 7).base_yaw == settings.rig.mount(7).base_yaw


def test_the_manifest_names_each_camera_and_the_six_stay(tmp_path):
    settings = replace(DEFAULTS["manifest"], **SMALL, cameras=(5, 3))
    more = synthesise(tmp_path / "more", settings, processes=1)
    six = synthesise(tmp_path / "six", replace(settings, cameras=(4, 2)), processes=1)
    with (more / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    seen = {(row["camera"], row["modality"]) for row in rows}
    assert seen == {
        *((str(k), "visible") for k in (1, 2, 4, 5, 7)),
        *((str(k), "infrared") for k in (3, 6, 8)),
    }
    assert len(rows) == settings.total_images == 24
    shared = [path.relative_to(six) for path in six.glob("images/*/*.jpg")]
    assert len(shared) == 18
    assert all((more / path).read_bytes() == (six / path).read_bytes() for path in shared)
    (more / "synthetic.json").rename(more / "synthetic.unfinished")
    again = synthesise(more, replace(settings, cameras=(4, 2)), processes=1)
    assert len(list(again.glob("images/*/*.jpg"))) == 18, "a killed run leaves nothing"


@pytest.mark.parametrize("cameras", [(0, 2), (4, 51), (4,), (4, 2, 1), (4.0, 2)])
def test_other_numbers_of_cameras_are_refused(cameras):
    with pytest.raises(ConfigError, match=r"cameras is .*; expected the number of visible"):
        replace(DEFAULTS["manifest"], cameras=cameras)


@pytest.mark.parametrize("layout", ["sysu", "regdb", "llcm"])
def test_the_cameras_of_other_layouts_are_fixed(layout):
    with pytest.raises(ConfigError, match=rf"cameras is \(5, 3\); the layout {layout} has cameras"):
        replace(DEFAULTS[layout], cameras=(5, 3))
