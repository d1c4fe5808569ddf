"""Galleries on disk."""

import os
import pickle
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.ranking import Gallery, load_gallery, read_features, save_gallery, write_labels
from vireid.types import Embeddings, Images, Levels, Modality, Span
from vireid.types.levels import ANY

PATHS = ("day/a.jpg", "nächtlich/日.png", "c d.jpg")


def gallery(count=3):
    images = Images(Path("some/root"), PATHS[:count], [0, 1, 1][:count], [4, 0, 6][:count])
    return Gallery(images, Embeddings(np.eye(3, dtype=np.float32)[:count], images.modality))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_what_is_saved_is_loaded(tmp_path, count):
    path = tmp_path / "new" / "x.npz"
    given = gallery(count)
    save_gallery(given, path)
    found = load_gallery(path)
    assert (found.images.root, found.images.paths) == (Path("some/root"), PATHS[:count])
    assert all(type(name) is str for name in found.images.paths)
    assert (found.images.modality == given.images.modality).all()
    assert (found.images.camera == given.images.camera).all()
    assert (found.embeddings.vectors == given.embeddings.vectors).all()
    assert (found.embeddings.modality == given.images.modality).all()
    assert [file.name for file in path.parent.iterdir()] == ["x.npz"]


def test_the_file_is_plain_numpy(tmp_path):
    save_gallery(gallery(), tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz", allow_pickle=False) as arrays:
        assert arrays["vectors"].shape == (3, 3)
        assert arrays["paths"].tolist() == list(PATHS)


def test_images_and_embeddings_belong_together():
    with pytest.raises(DataError, match="3 images with 2 embeddings"):
        Gallery(gallery().images, gallery(2).embeddings)


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.npz"
    save_gallery(gallery(), path)
    before = path.read_bytes()

    def full(file, **_):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(DataError, match="No space left on device; free some space or choose"):
        save_gallery(gallery(1), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("place", ["", "file/x.npz"])
def test_places_that_cannot_be_written_to(tmp_path, place):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"cannot write .*; choose another place"):
        save_gallery(gallery(), tmp_path / place)


def damage(path, kind):
    """Spoil a saved gallery."""
    whole = path.read_bytes()
    if kind == "missing":
        path.unlink()
    elif kind == "text":
        path.write_text("hello")
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif kind == "bits":
        path.write_bytes(whole[:150] + bytes(b ^ 255 for b in whole[150:180]) + whole[180:])
    elif kind == "npy":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    elif kind == "pickle":
        path.write_bytes(pickle.dumps([1, 2]))


@pytest.mark.parametrize("kind", ["missing", "text", "empty", "cut", "bits", "npy", "pickle"])
def test_what_is_no_gallery_is_named_in_one_line(tmp_path, kind):
    path = tmp_path / "x.npz"
    save_gallery(gallery(), path)
    damage(path, kind)
    with pytest.raises(DataError, match=r"x\.npz is .*`vireid embed`") as caught:
        load_gallery(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"camera": None, "root": None}, "lacks camera, root; expected a file from"),
        ({"paths": np.array("abc")}, r"paths have shape \(\)"),
        ({"paths": np.array([None, 1, 2])}, "is no gallery"),
        ({"modality": np.array([0, 1])}, "modality has shape"),
        ({"modality": np.array([0, 1, 2])}, "modality holds 2"),
        ({"vectors": np.zeros((3, 3))}, "unit length"),
    ],
)
def test_wrong_arrays_are_refused(tmp_path, change, message):
    path = tmp_path / "x.npz"
    save_gallery(gallery(), path)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file} | change
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    with pytest.raises(DataError, match=message):
        load_gallery(path)


def known(network="0123456789abcdef"):
    """Return a gallery of which everything is known."""
    images = Images(
        Path("some/root"), PATHS, [0, 1, 1], [4, 0, 6], [0, -1, 1], [1.5, np.nan, 3],
        np.ones((3, 4)), {4: "door"}, {0: "a", 1: "b"},
        Levels({(Modality.INFRARED, ANY): Span(0, 4095)}),
    )  # fmt: skip
    rows = Embeddings(np.eye(3, dtype=np.float32), images.modality)
    return Gallery(images, rows, network, "runs/first, stage joint", '{"memories": 3}')


def test_all_that_is_known_is_saved(tmp_path):
    save_gallery(known(), tmp_path / "x.npz")
    found, given = load_gallery(tmp_path / "x.npz"), known()
    for name in ("network", "source", "labelling"):
        assert getattr(found, name) == getattr(given, name)
    for name in ("track", "time", "box"):
        np.testing.assert_array_equal(getattr(found.images, name), getattr(given.images, name))
    for name in ("cameras", "tracks", "levels"):
        assert getattr(found.images, name) == getattr(given.images, name)
    assert load_gallery(tmp_path / "x.npz", root="there").images.root == Path("there")


def test_files_of_version_1_are_read(tmp_path):
    np.savez(
        tmp_path / "x.npz", vectors=np.eye(3), modality=[0, 1, 1], camera=[4, 0, 6],
        paths=np.array(PATHS), root=np.array("old"),
    )  # fmt: skip
    found = load_gallery(tmp_path / "x.npz")
    assert (found.network, found.labelling, found.images.root) == (None, None, Path("old"))


def test_joined_files_of_two_networks_are_refused_by_all_readers(tmp_path):
    for name, network in (("a", "0" * 16), ("b", "1" * 16)):
        save_gallery(known(network), tmp_path / f"{name}.npz")
    a, b = (dict(np.load(tmp_path / f"{name}.npz")) for name in "ab")
    path = tmp_path / "both.npz"
    np.savez(path, **{k: np.concatenate([a[k], b[k]]) if a[k].ndim else a[k] for k in a})
    for read in (load_gallery, read_features):
        with pytest.raises(DataError, match=f"joined of files .*network: {'0' * 16}, {'1' * 16}"):
            read(path)
    np.savez(path, **{k: np.concatenate([a[k], a[k]]) if a[k].ndim else a[k] for k in a})
    assert load_gallery(path).network == "0" * 16
    assert read_features(path).labelling == known().labelling


def test_a_file_of_a_later_version_is_refused(tmp_path):
    save_gallery(known(), tmp_path / "x.npz")
    arrays = dict(np.load(tmp_path / "x.npz")) | {"format": 3}
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(DataError, match="has format 3; this version of vireid reads up to 2"):
        load_gallery(tmp_path / "x.npz")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_altered_bytes_anywhere_are_no_traceback(tmp_path, save):
    path = tmp_path / "x.npz"
    save(path, vectors=np.random.default_rng(0).normal(size=(40, 9)), paths=np.array(["a"] * 40))
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        with suppress(DataError):
            assert len(read_features(path).vectors) == 40


def test_paths_of_bytes_are_names_and_others_are_refused(tmp_path):
    names = [b"a.jpg", "\xfc.jpg".encode(), b"\xff.jpg"]
    np.savez(tmp_path / "x.npz", vectors=np.eye(3), paths=np.array(names))
    paths = read_features(tmp_path / "x.npz").paths
    assert [os.fsencode(path) for path in paths] == names
    write_labels(tmp_path / "y.csv", np.array([0, 0, -1]), paths, "f" * 16)
    lines = (tmp_path / "y.csv").read_bytes().split()
    assert lines == [b"path,label,network"] + [
        name + b"," + label + b"," + b"f" * 16
        for name, label in zip(names, (b"0", b"0", b"-1"), strict=True)
    ]
    np.savez(tmp_path / "x.npz", vectors=np.eye(3), paths=np.zeros(3))
    with pytest.raises(DataError, match="paths are of type float64; expected text"):
        read_features(tmp_path / "x.npz")
    np.savez(tmp_path / "x.npz", vectors=np.eye(3), paths=np.array(["a", None, 2], object))
    with pytest.raises(DataError, match="paths is an array of Python objects"):
        read_features(tmp_path / "x.npz")


def test_arrays_that_nobody_reads_may_be_anything(tmp_path):
    np.savez(tmp_path / "x.npz", vectors=np.eye(3), mine=np.array([None], object))
    assert read_features(tmp_path / "x.npz").paths is None
