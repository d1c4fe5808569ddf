"""Readers and protocols together give the queries and galleries of the released codes."""

import numpy as np
import pytest

from vireid.data import open_data
from vireid.scoring import llcm, regdb, sysu


def plant(root, files, texts):
    """Make empty image files and the lists of a data set."""
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    for name, text in texts.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    return root


def names(data, indices):
    """Return the paths of some test images."""
    return [data.test.paths[i] for i in indices]


@pytest.mark.parametrize("mode", ["all", "indoor"])
@pytest.mark.parametrize("shots", [1, 10])
def test_sysu(golden, tmp_path, mode, shots):
    arrays = golden("gallery_sysu")
    tested = {int(word) for word in str(arrays["test_id_line"]).split(",")}
    other = {int(file.split("/")[1]) for file in arrays["files"].tolist()} - tested
    lists = {"train": other or {9999}, "val": other or {9999}, "test": tested}
    texts = {f"exp/{name}_id.txt": ",".join(map(str, ids)) for name, ids in lists.items()}
    files = arrays["files"].tolist() + ([] if other else ["cam1/9999/0001.jpg"])
    data = open_data(plant(tmp_path, files, texts))
    protocol = sysu(data.test, data.test_truth, mode=mode, shots=shots)
    assert (len(protocol.draws), protocol.count) == (10, "identities")
    case = f"gallery_{mode}_shot{shots}"
    for draw, gallery in zip(protocol.draws, arrays[case], strict=True):
        assert names(data, draw.query) == arrays["query_files"].tolist()
        assert data.test_truth.identities[draw.query].tolist() == arrays["query_pids"].tolist()
        assert names(data, draw.gallery) == gallery.tolist()
        cameras = arrays["query_camids"][:, None], arrays[f"{case}_camids"]
        np.testing.assert_array_equal(draw.ignored(), (cameras[0] == 3) & (cameras[1] == 2))


@pytest.mark.parametrize("direction", ["visible-to-infrared", "infrared-to-visible"])
def test_regdb(golden, tmp_path, direction):
    arrays = golden("lists_regdb")
    for fold in arrays["trials"].tolist():
        check_split(arrays, tmp_path / str(fold), direction, fold)


def check_split(arrays, root, direction, fold):
    """Compare the protocol of a fold of RegDB with the lists of the released code."""
    train = {"visible": "Visible/0/a.bmp", "thermal": "Thermal/0/a.bmp"}
    files, texts = list(train.values()), {}
    for word, path in train.items():
        lines = arrays[f"trial{fold}_{word}_lines"].tolist()
        files += arrays[f"trial{fold}_{word}_files"].tolist()
        texts[f"idx/test_{word}_{fold}.txt"] = "".join(line + "\n" for line in lines)
        texts[f"idx/train_{word}_{fold}.txt"] = f"{path} 0\n"
    data = open_data(plant(root, files, texts), fold=fold)
    protocol = regdb(data.test, data.test_truth, direction=direction)
    (draw,) = protocol.draws
    words = ("visible", "thermal") if direction.startswith("visible") else ("thermal", "visible")
    for word, side in zip(words, (draw.query, draw.gallery), strict=True):
        assert names(data, side) == arrays[f"trial{fold}_{word}_files"].tolist()
        labels = arrays[f"trial{fold}_{word}_labels"].tolist()
        assert data.test_truth.identities[side].tolist() == labels
    assert (protocol.count, draw.ignored()) == ("images", None)


@pytest.mark.parametrize(
    ("direction", "word"), [("visible-to-infrared", "v2t"), ("infrared-to-visible", "t2v")]
)
def test_llcm(golden, tmp_path, direction, word):
    arrays = golden("gallery_llcm")
    train = "vis/0001/0001_c01_s1_f1_vis.jpg", "nir/0001/0001_c03_s1_f1_nir.jpg"
    texts = {f"idx/train_{path[:3]}.txt": f"{path} 7\n" for path in train}
    texts["idx/test_id.txt"] = str(arrays["test_id_line"])
    data = open_data(plant(tmp_path, (*arrays["files"].tolist(), *train), texts))
    protocol = llcm(data.test, data.test_truth, direction=direction)
    assert (len(protocol.draws), protocol.count) == (10, "identities")
    identities = data.test_truth.identities
    for draw, gallery in zip(protocol.draws, arrays[f"{word}_gallery"], strict=True):
        assert names(data, draw.query) == arrays[f"{word}_query_files"].tolist()
        assert names(data, draw.gallery) == gallery.tolist()
        assert identities[draw.gallery].tolist() == arrays[f"{word}_gallery_pids"].tolist()
        pairs = [
            (arrays[f"{word}_query_{key}"][:, None], arrays[f"{word}_gallery_{key}"])
            for key in ("pids", "camids")
        ]
        expected = np.logical_and.reduce([query == other for query, other in pairs])
        np.testing.assert_array_equal(draw.ignored(), expected)
