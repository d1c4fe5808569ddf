"""Reader of the SYSU-MM01 layout on small trees."""

import numpy as np
import pytest

from vireid.data import SYSU_MM01, read_sysu
from vireid.data.layouts import sysu as module
from vireid.errors import DataError
from vireid.scoring.protocols import sysu

LISTS = {"train": "7,2", "val": "11", "test": "3,30"}


def write(root, lists=LISTS, cameras=range(1, 7), names=("0002.jpg", "0001.JPG")):
    """Write a tree of empty files and return its folder."""
    (root / "exp").mkdir(parents=True)
    for split, line in lists.items():
        (root / "exp" / f"{split}_id.txt").write_text(line + "\n")
        for identity in (int(word) for word in line.split(",") if word.strip().isdigit()):
            for camera in cameras:
                folder = root / f"cam{camera}" / f"{identity:04d}"
                folder.mkdir(parents=True, exist_ok=True)
                for name in names:
                    (folder / name).touch()
    return root


def test_images_come_by_identity_camera_and_name(tmp_path):
    data = read_sysu(write(tmp_path / "photos"))
    expected = [
        (f"cam{camera}/{identity:04d}/{name}", identity, camera, int(camera in (3, 6)))
        for identity in (2, 7, 11)
        for camera in range(1, 7)
        for name in ("0001.JPG", "0002.jpg")
    ]
    found = zip(
        data.train.paths,
        data.train_truth.identities,
        data.train.camera,
        data.train.modality,
        strict=True,
    )
    assert list(found) == expected
    assert sorted(set(data.test_truth.identities)) == [3, 30]
    assert (data.protocol, data.roles, data.train.root) == ("sysu", None, tmp_path / "photos")


def test_only_image_files_count(tmp_path):
    names = ("a.jpeg", "b.PNG", "c.bmp", "._a.jpeg", "Thumbs.db", "notes.txt")
    data = read_sysu(write(tmp_path, names=names))
    assert {path.split("/")[2] for path in data.train.paths} == {"a.jpeg", "b.PNG", "c.bmp"}


def test_lists_may_hold_spaces_padding_and_repeats(tmp_path):
    lists = {"train": "0007, 2,2,", "val": "7", "test": " 3 "}
    data = read_sysu(write(tmp_path, lists=lists))
    assert sorted(set(data.train_truth.identities)) == [2, 7]


def test_draws_of_the_parity_vectors_from_a_real_tree(golden, tmp_path):
    expected = golden("gallery_sysu")
    write(tmp_path, lists={"train": "9001", "val": "9002"})
    for file in expected["files"].tolist():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    (tmp_path / "exp" / "test_id.txt").write_text(str(expected["test_id_line"]))
    data = read_sysu(tmp_path)
    protocol = sysu(data.test, data.test_truth, mode="indoor", shots=10)
    for draw, gallery in zip(protocol.draws, expected["gallery_indoor_shot10"], strict=True):
        assert [data.test.paths[i] for i in draw.query] == expected["query_files"].tolist()
        assert [data.test.paths[i] for i in draw.gallery] == gallery.tolist()


def test_the_card_belongs_to_the_whole_data_set_only(tmp_path, monkeypatch):
    root = write(tmp_path / "photos")
    partial = read_sysu(root)
    assert (partial.name, partial.card) == ("photos (SYSU-MM01 layout)", None)
    counts = {
        "cameras": 6,
        "train identities": 3,
        "train visible images": 24,
        "train infrared images": 12,
        "test identities": 2,
        "test infrared images": 8,
    }
    assert counts.keys() == SYSU_MM01.statistics.keys()
    card = module.DatasetCard("SYSU-MM01", "", "", "", counts)
    monkeypatch.setattr(module, "SYSU_MM01", card)
    whole = read_sysu(root)
    assert (whole.name, whole.card) == ("SYSU-MM01", card)


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_a_missing_list_is_named(tmp_path, split):
    (write(tmp_path) / "exp" / f"{split}_id.txt").unlink()
    with pytest.raises(DataError, match=rf"{split}_id\.txt is missing"):
        read_sysu(tmp_path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("3,x4", "holds 'x4'"),
        ("3,-4", "holds '-4'"),
        ("3;4", "holds '3;4'"),
        ("", "holds no identity"),
        (" , ", "holds no identity"),
        ("3\n4", "has 2 lines"),
        ("3,77", "no image of the listed identities 77;"),
        ("3,71,72,73,74,75,76", "71, 72, 73, 74, 75 and 1 more"),
        ("3,7,11", "identities 7, 11 are listed for training and for test"),
    ],
)
def test_a_bad_test_list_is_explained(tmp_path, line, message):
    write(tmp_path)
    (tmp_path / "exp" / "test_id.txt").write_text(line)
    with pytest.raises(DataError, match=message) as caught:
        read_sysu(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_list_that_is_no_text(tmp_path):
    (write(tmp_path) / "exp" / "val_id.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="cannot be read as text"):
        read_sysu(tmp_path)


@pytest.mark.parametrize(
    ("cameras", "message"),
    [((1, 2, 4, 5), "no infrared training image"), ((3, 6), "no visible training image")],
)
def test_a_missing_modality_is_named(tmp_path, cameras, message):
    with pytest.raises(DataError, match=message):
        read_sysu(write(tmp_path, cameras=cameras))


def test_a_missing_camera_is_no_problem(tmp_path):
    data = read_sysu(write(tmp_path, cameras=(1, 6)))
    assert np.unique(data.train.camera).tolist() == [1, 6]
