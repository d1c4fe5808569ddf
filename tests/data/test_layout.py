"""Recognition of data layouts."""

import numpy as np
import pytest

from vireid.data import DataFolder, open_data
from vireid.data.folder import no_images
from vireid.errors import DataError
from vireid.types import Images, Truth


def touch(root, *files):
    """Write empty files below a folder and return it."""
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    return root


def test_two_folders_are_training_images_without_identities(tmp_path):
    touch(tmp_path, "visible/b.jpg", "visible/a/z.PNG", "infrared/c.bmp")
    touch(tmp_path, "visible/.cache/x.jpg", "visible/.x.jpg", "visible/notes.txt")
    data = open_data(tmp_path)
    assert data.train.paths == ("visible/a/z.PNG", "visible/b.jpg", "infrared/c.bmp")
    assert data.train.modality.tolist() == [0, 0, 1]
    assert data.train.camera.tolist() == [0, 0, 0]
    assert (data.train_truth, data.test_truth, data.roles, data.protocol) == (None,) * 4
    assert (len(data.test), data.name) == (0, tmp_path.name)


@pytest.mark.parametrize("kind", ["visible", "infrared"])
def test_an_empty_one_of_two_folders_is_named(tmp_path, kind):
    touch(tmp_path, "visible/a.jpg", "infrared/b.jpg")
    (tmp_path / kind / ("a.jpg" if kind == "visible" else "b.jpg")).unlink()
    with pytest.raises(DataError, match=f"{kind} holds no image"):
        open_data(tmp_path)


def test_the_sysu_layout_is_recognised(tmp_path):
    for split, identity in (("train", 1), ("val", 2), ("test", 3)):
        touch(tmp_path, f"cam1/{identity:04d}/0001.jpg", f"cam3/{identity:04d}/0001.jpg")
        touch(tmp_path, f"exp/{split}_id.txt").joinpath(f"exp/{split}_id.txt").write_text(
            str(identity)
        )
    assert open_data(str(tmp_path)).protocol == "sysu"


def test_a_manifest_is_read_from_its_file_or_folder_and_goes_first(tmp_path):
    touch(tmp_path, "visible/a.jpg", "infrared/b.jpg")
    (tmp_path / "manifest.csv").write_text("path,modality,camera\nvisible/a.jpg,visible,4\n")
    for path in (tmp_path, tmp_path / "manifest.csv"):
        assert open_data(path).train.camera.tolist() == [4]


@pytest.mark.parametrize(
    ("files", "path", "message"),
    [
        ([], "nowhere", "does not exist; expected a manifest"),
        (["a.txt"], "a.txt", "is no manifest; expected a folder"),
        ([], ".", "it is empty; expected"),
        (["x.jpg", "y/z.jpg", ".hidden"], ".", "it holds x.jpg, y; expected"),
        ([f"{n}.jpg" for n in range(7)], ".", "3.jpg, 4.jpg and more"),
        (["visible/a.jpg"], ".", "it holds visible; expected"),
        (["exp/train_id.txt"], ".", "it holds exp; expected"),
        (["cam1/0001/0001.jpg"], ".", r"SYSU-MM01\), or visible/ and infrared/"),
    ],
)
def test_what_is_unknown_is_explained(tmp_path, files, path, message):
    touch(tmp_path, *files)
    with pytest.raises(DataError, match=message) as caught:
        open_data(tmp_path / path)
    assert "\n" not in str(caught.value)


def test_a_folder_above_or_below_the_data_points_to_it(tmp_path):
    touch(
        tmp_path, "download/photos/visible/a.jpg", "download/photos/infrared/b.jpg", "notes/x.txt"
    )
    data = tmp_path / "download" / "photos"
    for given in (tmp_path, tmp_path / "download", data / "visible"):
        with pytest.raises(DataError, match="has no known layout: it holds ") as caught:
            open_data(given)
        assert f"; {data} looks like a data set, give that; expected a manifest" in str(
            caught.value
        )
    touch(tmp_path, "download/more/visible/a.jpg", "download/more/infrared/b.jpg")
    with pytest.raises(DataError, match=r"more, .*photos look like data sets, give one of them"):
        open_data(tmp_path / "download")
    with pytest.raises(DataError, match=r"it holds x.txt; expected a manifest"):
        open_data(tmp_path / "notes")


@pytest.mark.parametrize("field", ["train_truth", "test_truth", "roles"])
def test_identities_and_roles_belong_to_the_images(tmp_path, field):
    one = Images(tmp_path, ("a.jpg",), np.zeros(1, int), np.zeros(1, int))
    two = ("query", "gallery") if field == "roles" else Truth(np.arange(2))
    with pytest.raises(DataError, match=f"{field} has 2 entries for 1 images"):
        DataFolder("x", one, one, **{field: two})
    assert len(DataFolder("x", one, no_images(tmp_path)).test) == 0
