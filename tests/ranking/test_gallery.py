"""Galleries on disk."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.ranking import Gallery, load_gallery, save_gallery
from vireid.types import Embeddings, Images

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
