"""Identities that one modality alone has seen."""

import csv
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from vireid.data import open_data
from vireid.errors import ConfigError
from vireid.synthetic import SyntheticSettings, synthesise
from vireid.synthetic.settings import CAMERAS, INFRARED_CAMERAS
from vireid.types import Modality

SMALL = {
    "identities": 5, "test_identities": 2, "visible_images": 1, "infrared_images": 1,
    "height": 32, "width": 16,
}  # fmt: skip


def made(folder: Path, unpaired: float) -> Path:
    return synthesise(folder, SyntheticSettings(**SMALL, unpaired=unpaired), processes=1)


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("unpaired") / "none", 0.0)


@pytest.fixture(scope="module")
def unpaired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("unpaired") / "some", 0.6)


def seen(images, truth) -> dict[int, set[int]]:
    """Return the modalities of each identity that a reader finds."""
    found = defaultdict(set)
    for identity, modality in zip(truth.identities, images.modality, strict=True):
        found[int(identity)].add(int(modality))
    return found


@pytest.mark.parametrize("identities", [2, 7, 96])
@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_half_of_the_share_is_visible_only_and_half_infrared_only(identities, share) -> None:
    settings = SyntheticSettings(identities=identities, unpaired=share)
    only = settings.people.one_modality_only
    kinds = list(only.values())
    assert len(only) == round(share * identities)
    assert 0 <= kinds.count(Modality.VISIBLE) - kinds.count(Modality.INFRARED) <= 1
    assert set(only) <= set(range(1, identities + 1)), "test identities are never unpaired"
    seen = {kind: identities + 48 - kinds.count(1 - kind) for kind in Modality}
    assert settings.total_images == seen[Modality.VISIBLE] * 16 + seen[Modality.INFRARED] * 12


def test_who_is_unpaired_stays_so_at_larger_shares_and_depends_on_the_seed() -> None:
    few, many = (
        SyntheticSettings(unpaired=share).people.one_modality_only for share in (0.25, 0.75)
    )
    assert few.items() < many.items()
    other = SyntheticSettings(unpaired=0.25, seed=1).people.one_modality_only
    assert other.keys() != few.keys()


def test_the_reader_finds_each_identity_in_its_modalities_only(unpaired: Path) -> None:
    data = open_data(unpaired)
    only = SyntheticSettings(**SMALL, unpaired=0.6).people.one_modality_only
    expected = {k: {int(only[k])} if k in only else {0, 1} for k in range(1, 6)}
    assert seen(data.train, data.train_truth) == expected
    assert seen(data.test, data.test_truth) == {6: {0, 1}, 7: {0, 1}}


def test_images_that_are_there_equal_those_of_the_paired_set(paired: Path, unpaired: Path) -> None:
    files = {path.relative_to(unpaired) for path in unpaired.glob("cam*/*/*.jpg")}
    everything = {path.relative_to(paired) for path in paired.glob("cam*/*/*.jpg")}
    assert files < everything
    for path in files:
        assert (unpaired / path).read_bytes() == (paired / path).read_bytes()
    for camera in CAMERAS:
        assert all(any(folder.iterdir()) for folder in (unpaired / f"cam{camera}").iterdir())


def test_the_side_files_tell_who_is_unpaired(paired: Path, unpaired: Path) -> None:
    side = json.loads((unpaired / "synthetic.json").read_text())
    only = SyntheticSettings(**SMALL, unpaired=0.6).people.one_modality_only
    assert side["settings"]["unpaired"] == 0.6
    assert side["visible_only"] == [k for k, one in only.items() if one == Modality.VISIBLE]
    assert side["infrared_only"] == [k for k, one in only.items() if one == Modality.INFRARED]
    with (unpaired / "factors.csv").open(newline="") as file:
        cameras = defaultdict(set)
        for row in csv.DictReader(file):
            cameras[int(row["identity"])].add(int(row["camera"]))
    for identity in side["visible_only"]:
        assert not cameras[identity] & set(INFRARED_CAMERAS)
    for identity in side["infrared_only"]:
        assert cameras[identity] == set(INFRARED_CAMERAS)
    assert "unpaired" not in (paired / "synthetic.json").read_text(), "as before there was a share"


def test_all_identities_may_be_unpaired(tmp_path: Path) -> None:
    data = open_data(made(tmp_path / "all", 1.0))
    assert all(len(kinds) == 1 for kinds in seen(data.train, data.train_truth).values())
    assert np.bincount(data.train.modality).all()


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_other_shares_are_refused(share: float) -> None:
    with pytest.raises(ConfigError, match=r"unpaired is .*; expected 0 to 1"):
        SyntheticSettings(unpaired=share)
