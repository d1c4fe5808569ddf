"""Embedded images with the numbers of their clusters, as files."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from vireid.cli.main import main
from vireid.errors import DataError
from vireid.ranking import Gallery, load_gallery, save_gallery
from vireid.ranking.labelled import Labelled, load_labelled, save_labelled
from vireid.types import Embeddings, Images


@pytest.fixture
def gallery(tmp_path):
    """Return eight embedded images of two groups."""
    generator = np.random.default_rng(0)
    rows = np.eye(6)[np.arange(8) // 4] + generator.normal(0, 0.1, (8, 6))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    images = Images(tmp_path, tuple("abcdefgh"), [0] * 8, [1] * 8)
    return Gallery(images, Embeddings(rows, images.modality), "net")


LABELS = np.array([0, 0, 0, 0, 5, 5, 5, -1])


def test_an_npz_file_is_read_again_as_labels_and_as_a_gallery(gallery, tmp_path):
    path = tmp_path / "x.npz"
    save_labelled(Labelled(gallery, LABELS, LABELS == 5), path)
    found = load_labelled(path)
    np.testing.assert_array_equal(found.labels, LABELS)
    np.testing.assert_array_equal(found.gallery.vectors, gallery.vectors)
    assert (found.gallery.network, found.gallery.images.paths) == ("net", gallery.images.paths)
    assert load_gallery(path).images.root == gallery.images.root


def test_a_csv_file_says_what_is_new_and_is_read_with_embeddings_of_any_order(gallery, tmp_path):
    path = tmp_path / "x.csv"
    save_labelled(Labelled(gallery, LABELS, LABELS == 5), path)
    lines = list(csv.reader(path.read_text().splitlines()))
    assert lines[0] == ["path", "label", "network", "new"]
    assert lines[1] == ["a", "0", "net", "0"]
    assert lines[5] == ["e", "5", "net", "1"]
    turned = gallery.subset(np.arange(8)[::-1])
    np.testing.assert_array_equal(load_labelled(path, turned).labels, LABELS[::-1])


@pytest.mark.parametrize("suffix", ["npz", "csv"])
def test_what_label_writes_is_read(gallery, tmp_path, suffix):
    save_gallery(gallery, tmp_path / "e.npz")
    out = tmp_path / f"labels.{suffix}"
    words = ["label", tmp_path / "e.npz", "--k1", 4, "--k2", 1, "--min-samples", 2, "--out", out]
    assert main([str(word) for word in words]) == 0
    found = load_labelled(out, None if suffix == "npz" else tmp_path / "e.npz")
    assert found.labels.tolist() == [0] * 4 + [1] * 4
    np.testing.assert_array_equal(found.gallery.vectors, gallery.vectors)


def test_embeddings_of_another_network_take_the_place_of_those_in_the_file(gallery, tmp_path):
    save_labelled(Labelled(gallery, LABELS), tmp_path / "x.npz")
    other = replace(gallery, network="other")
    assert load_labelled(tmp_path / "x.npz", other).gallery.network == "other"


def test_labels_without_embeddings_say_what_to_name(gallery, tmp_path):
    save_labelled(Labelled(gallery, LABELS), tmp_path / "x.csv")
    np.savez(tmp_path / "x.npz", labels=LABELS)
    for name in ("x.csv", "x.npz"):
        with pytest.raises(DataError, match=r"no embeddings; name the file .* \(--old FILE\)"):
            load_labelled(tmp_path / name)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda rows: rows[:-1], "has no label of h: 7 labels, 8 embeddings"),
        (lambda rows: [*rows, "z,1,net"], "has labels of further images"),
        (lambda rows: [*rows[:-1], rows[0]], "names an image twice"),
        (lambda rows: ["a,x,net", *rows[1:]], "cannot be read as labels"),
        (lambda rows: ["a,-2,net", *rows[1:]], "labels hold -2"),
    ],
)
def test_labels_of_other_images_are_refused(gallery, tmp_path, change, expected):
    path = tmp_path / "x.csv"
    save_labelled(Labelled(gallery, LABELS), path)
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *change(rows)]) + "\n")
    with pytest.raises(DataError, match=expected):
        load_labelled(path, gallery)


def test_files_without_labels_are_refused(gallery, tmp_path):
    save_gallery(gallery, tmp_path / "e.npz")
    with pytest.raises(DataError, match="holds no labels"):
        load_labelled(tmp_path / "e.npz")
    with pytest.raises(DataError, match="is not a file; expected a file from `vireid label`"):
        load_labelled(tmp_path / "nowhere.csv")
    np.savez(tmp_path / "x.npz", labels=LABELS[:3])
    with pytest.raises(DataError, match="3 labels for 8 images"):
        load_labelled(tmp_path / "x.npz", gallery)
