"""Every reader on a small synthetic copy of its layout, and the lists of the released code."""

import copy
import pickle
import shutil
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from vireid.data import LLCM, REGDB, SYSU_MM01, open_data, read_llcm, read_regdb
from vireid.data.layouts import regdb as regdb_module
from vireid.data.pixels.images import load_pixels
from vireid.errors import ConfigError, DataError
from vireid.synthetic.rig import RIGS
from vireid.types import Modality

LAYOUTS = ("sysu", "regdb", "llcm", "manifest")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_written_layout_is_recognised_and_read_whole(original, layout):
    data = open_data(original(layout))
    assert data.protocol == ("plain" if layout == "manifest" else layout)
    assert (data.roles is not None) == (layout == "manifest")
    assert data.fold == (1 if layout == "regdb" else None)
    assert data.card is None
    rig = RIGS[layout]
    for images, truth, people in (
        (data.train, data.train_truth, 3),
        (data.test, data.test_truth, 2),
    ):
        for kind in Modality:
            here = images.modality == kind
            each = defaultdict(int)
            for identity in truth.identities[here].tolist():
                each[identity] += 1
            assert list(each.values()) == [2 * rig.seen_by[kind]] * people
    assert not set(data.train.paths) & set(data.test.paths)
    paths = [data.train.root / path for path in (*data.train.paths, *data.test.paths)]
    suffix = ".bmp" if layout == "regdb" else ".jpg"
    assert set(data.train.root.rglob(f"*{suffix}")) == set(paths)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_cameras_and_modalities_are_those_of_the_side_file(original, layout):
    data = open_data(original(layout))
    lines = (data.train.root / "factors.csv").read_text().splitlines()
    factors = {line.split(",")[0]: line.split(",") for line in lines[1:]}
    for images, truth in ((data.train, data.train_truth), (data.test, data.test_truth)):
        numbers = defaultdict(set)
        for i, path in enumerate(images.paths):
            row = factors[path]
            assert int(row[2]) == images.camera[i]
            assert row[3] == Modality(images.modality[i]).name.lower()
            numbers[row[1]].add(int(truth.identities[i]))
        assert all(len(found) == 1 for found in numbers.values()), "one label for each person"
        assert len(set.union(*numbers.values())) == len(numbers), "one person for each label"


def test_the_folds_of_regdb_split_the_same_images_differently(original):
    folds = [open_data(original("regdb"), fold=fold) for fold in range(1, 11)]
    assert [data.fold for data in folds] == list(range(1, 11))
    assert len({data.train.paths for data in folds}) > 3
    assert len({frozenset(data.train.paths + data.test.paths) for data in folds}) == 1
    assert folds[2].name == "regdb (RegDB layout), fold 3"
    assert read_regdb(original("regdb"), 3).train.paths == folds[2].train.paths
    for fold in (0, 11, -1):
        with pytest.raises(ConfigError, match=f"fold is {fold}; expected 1 to 10"):
            open_data(original("regdb"), fold=fold)


@pytest.mark.parametrize("layout", ["sysu", "llcm", "manifest", "folders"])
def test_only_regdb_has_folds(original, layout):
    with pytest.raises(ConfigError, match="only RegDB's layout has folds"):
        open_data(original(layout), fold=1)


def test_regdb_images_are_in_the_order_of_the_lists_visible_first(golden, tmp_path):
    arrays = golden("lists_regdb")
    (tmp_path / "idx").mkdir()
    image = "Visible/0/a.bmp", "Thermal/0/a.bmp"
    for fold in arrays["trials"].tolist():
        for number, word in enumerate(("visible", "thermal")):
            lines = arrays[f"trial{fold}_{word}_lines"].tolist()
            text = "".join(line + "\n" for line in lines)
            (tmp_path / "idx" / f"test_{word}_{fold}.txt").write_text(text)
            (tmp_path / "idx" / f"train_{word}_{fold}.txt").write_text(f"{image[number]} 0\n")
            for file in (*arrays[f"trial{fold}_{word}_files"].tolist(), image[number]):
                (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / file).touch()
    for fold in arrays["trials"].tolist():
        data = read_regdb(tmp_path, fold)
        for kind, word in ((0, "visible"), (1, "thermal")):
            here = np.flatnonzero(data.test.modality == kind)
            files = [data.test.paths[i] for i in here]
            assert files == arrays[f"trial{fold}_{word}_files"].tolist()
            assert np.array_equal(
                data.test_truth.identities[here], arrays[f"trial{fold}_{word}_labels"]
            )
        assert np.array_equal(data.test.camera, data.test.modality + 1)
        assert np.array_equal(np.sort(data.test.modality), data.test.modality)


def test_llcm_test_images_are_those_of_the_parity_vectors(golden, tmp_path):
    arrays = golden("gallery_llcm")
    train = "vis/0001/0001_c01_s1_f1_vis.jpg", "nir/0001/0001_c03_s1_f1_nir.jpg"
    for file in (*arrays["files"].tolist(), *train):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    (tmp_path / "idx").mkdir()
    (tmp_path / "idx" / "test_id.txt").write_text(str(arrays["test_id_line"]))
    for word, path in zip(("vis", "nir"), train, strict=True):
        (tmp_path / "idx" / f"train_{word}.txt").write_text(f"{path} 7\n")
    data = read_llcm(tmp_path)
    for kind, direction in ((0, "v2t"), (1, "t2v")):
        here = np.flatnonzero(data.test.modality == kind)
        files = [data.test.paths[i] for i in here]
        assert files == arrays[f"{direction}_query_files"].tolist()
        assert np.array_equal(data.test_truth.identities[here], arrays[f"{direction}_query_pids"])
        assert np.array_equal(data.test.camera[here], arrays[f"{direction}_query_camids"])
    assert data.train.camera.tolist() == [1, 3]
    assert data.train_truth.identities.tolist() == [7, 7]


def test_camera_3_of_llcm_takes_no_infrared_test_images(copied):
    root = copied("llcm")
    before = open_data(root).test.paths
    folder = root / "test_nir" / "cam3" / "0004"
    folder.mkdir(parents=True)
    (folder / "0004_c03_s1_f1_nir.jpg").write_bytes(b"")
    assert open_data(root).test.paths == before


def test_the_card_of_regdb_belongs_to_the_whole_data_set_only(original, monkeypatch, tmp_path):
    counts = {
        "cameras": 2,
        "train identities": 3, "train visible images": 6, "train infrared images": 6,
        "test identities": 2, "test visible images": 4, "test infrared images": 4,
    }  # fmt: skip
    assert counts.keys() == REGDB.statistics.keys()
    monkeypatch.setattr(regdb_module, "REGDB", replace(REGDB, statistics=counts))
    assert read_regdb(original("regdb"), 2).card is None, "drawn images"
    root = shutil.copytree(original("regdb"), tmp_path / "x")
    (root / "synthetic.json").unlink()
    data = read_regdb(root, 2)
    assert (data.name, data.card.name) == ("RegDB, fold 2", "RegDB")


@pytest.mark.parametrize("card", [SYSU_MM01, REGDB, LLCM], ids=lambda card: card.name)
def test_cards_say_where_a_data_set_comes_from(card):
    assert card.reference.rstrip("0123456789").endswith((" ", ", "))
    assert card.url.startswith("http")
    assert "may not be passed on" in card.licence
    assert card.statistics["train identities"] > card.statistics["test identities"] - 1
    with pytest.raises(AttributeError):
        card.name = "mine"
    with pytest.raises(TypeError, match="does not support item assignment"):
        card.statistics["train identities"] = 0


def test_the_counts_of_a_card_are_its_own_and_travel_with_it():
    counts = {"train identities": 3}
    card = replace(REGDB, statistics=counts)
    counts["train identities"] = 4
    assert card.statistics == {"train identities": 3}
    assert pickle.loads(pickle.dumps(card)) == copy.deepcopy(card) == card
    assert len({card, REGDB}) == 2


def test_published_numbers_are_consistent():
    assert sum(SYSU_MM01.statistics[f"train {k} images"] for k in ("visible", "infrared")) == 34_167
    assert REGDB.statistics["train visible images"] == 10 * REGDB.statistics["train identities"]
    assert sum(LLCM.statistics[f"train {k} images"] for k in ("visible", "infrared")) == 30_921
    test = [LLCM.statistics[f"test {k} images"] for k in ("visible", "infrared")]
    assert (test, sum(test)) == ([8_680, 7_166], LLCM.statistics["test images"])


@pytest.mark.parametrize("layout", [*LAYOUTS, "folders"])
def test_images_of_every_layout_decode(original, layout):
    train = open_data(original(layout)).train
    pixels = load_pixels(train.subset([0, len(train) - 1]), (32, 16))
    assert pixels.shape == (2, 32, 16, 3)
    assert pixels.std() > 10


def test_a_folder_with_an_idx_of_something_else_is_unknown(tmp_path):
    (tmp_path / "idx").mkdir()
    with pytest.raises(DataError, match="it holds idx; expected"):
        open_data(tmp_path)
