"""`vireid embed`."""

import shutil

import numpy as np
import pytest

from vireid.cli.main import main
from vireid.data import load_pixels, open_data
from vireid.models.extract import extract
from vireid.ranking import load_gallery
from vireid.runs import Run, load_network

IMAGE = "cam3/0009/0000.jpg"


def go(*words):
    assert main(["embed", *(str(word) for word in words)]) == 0


@pytest.mark.parametrize(("part", "count"), [("train", 128), ("test", 64), ("all", 192)])
def test_a_part_of_a_data_set(trained, people, tmp_path, part, count, capsys):
    out = tmp_path / "x.npz"
    go(trained, people, "--out", out, "--part", part)
    assert f"{count} images, 64 dimensions: {out}" in capsys.readouterr().out
    found, data = load_gallery(out), open_data(people)
    expected = {"train": data.train.paths, "test": data.test.paths}
    expected["all"] = expected["train"] + expected["test"]
    assert found.images.paths == expected[part]
    assert found.images.root == people
    if part == "test":
        pixels = load_pixels(data.test, (32, 16))
        vectors = extract(load_network(Run(trained)), pixels, data.test.modality).vectors
        np.testing.assert_allclose(found.embeddings.vectors, vectors, atol=1e-6)
        assert (found.images.modality == data.test.modality).all()
        assert (found.images.camera == data.test.camera).all()


@pytest.mark.parametrize(("modality", "number"), [("visible", 0), ("infrared", 1)])
def test_a_plain_folder_and_a_single_image_get_the_modality_that_is_said(
    trained, people, tmp_path, modality, number
):
    out = tmp_path / "x.npz"
    go(trained, people / "cam1", "--modality", modality, "--out", out)
    found = load_gallery(out)
    assert len(found.images) == 48
    assert found.images.paths[:2] == ("0001/0000.jpg", "0001/0001.jpg")
    assert set(found.images.modality) == {number}
    go(trained, people / IMAGE, "--modality", modality, "--out", out)
    assert load_gallery(out).images.paths == ("0000.jpg",)


@pytest.mark.parametrize(
    ("images", "options", "message"),
    [
        ("nowhere", (), "does not exist; expected an image, a folder or a manifest"),
        ("nowhere", ("--modality", "visible"), "does not exist"),
        ("people/cam1", (), "say --modality visible or infrared"),
        (f"people/{IMAGE}", (), "is an image; say --modality visible or infrared"),
        ("people", ("--modality", "purple"), "--modality"),
        ("people", ("--part", "half"), "--part"),
        ("people/cam1", ("--part", "test", "--modality", "visible"), "--part applies to data sets"),
        ("people", ("--out", "x"), "--out x: expected a name that ends in .npz"),
        ("empty", ("--modality", "visible"), "holds no image; expected .jpg"),
        ("two", ("--part", "test"), "holds no test images; choose another part"),
        ("text.txt", (), "is no manifest"),
        ("text.txt", ("--modality", "visible"), "cannot be decoded"),
        ("people", ("--device", "cuda:77"), "cannot be used here"),
        ("people", ("--threads", "-1"), "--threads -1: expected at least 1"),
    ],
)
def test_what_cannot_be_embedded(trained, people, tmp_path, mistake, images, options, message):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").write_text("hello")
    (tmp_path / "people").symlink_to(people)
    for kind, camera in (("visible", "cam1"), ("infrared", "cam3")):
        shutil.copytree(people / camera / "0001", tmp_path / "two" / kind)
    found = mistake("embed", trained, tmp_path / images, "--out", tmp_path / "x.npz", *options)
    assert message in found
    assert not (tmp_path / "x.npz").exists()


def test_a_run_that_is_not_there(people, tmp_path, mistake):
    message = mistake("embed", tmp_path, people, "--out", tmp_path / "x.npz")
    assert "holds no recipe.yaml" in message


def test_a_place_that_cannot_be_written_to(trained, people, tmp_path, mistake):
    (tmp_path / "file").touch()
    (tmp_path / "folder.npz").mkdir()
    for place in (tmp_path / "folder.npz", tmp_path / "file" / "x.npz"):
        message = mistake(
            "embed", trained, people / "cam1", "--modality", "visible", "--out", place
        )
        assert "cannot write" in message


def test_of_a_data_set_one_modality_may_be_embedded(trained, people, tmp_path):
    go(trained, people, "--part", "test", "--modality", "visible", "--out", tmp_path / "x.npz")
    test = open_data(people).test
    visible = [path for path, kind in zip(test.paths, test.modality, strict=True) if not kind]
    assert load_gallery(tmp_path / "x.npz").images.paths == tuple(visible)
