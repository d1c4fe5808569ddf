"""`vireid search` and its Python scale a query of more than 8 bits as its gallery."""

import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image

import vireid
from tests.people import manifest, rows, two_folders
from vireid.cli.main import main
from vireid.errors import DataError
from vireid.ranking import load_gallery
from vireid.runs import Run

KINDS = {
    "counts of 14 bits": ("png", {"Hof": (7800, 8400), "Tür": (7800, 8400)}, ()),
    "kelvin in TIFF": ("tif", {"Hof": (29000, 31000), "Tür": (29000, 31000)}, ()),
    "by camera": ("tif", {"Hof": (29000, 31000), "Tür": (7800, 8400)}, ()),
    "opposite polarity": (
        "png",
        {"Hof": (7800, 8400), "Tür": (8400, 7800)},
        ("--levels", "Hof=7700:8500", "Tür=8500:7700"),
    ),
    "other polarity": (
        "png", {"Hof": (8400, 7800), "Tür": (8400, 7800)}, ("--levels", "8500:7700"),
    ),
}  # fmt: skip
"""Ending, what becomes of black and white in each camera, and levels of the gallery."""
BY_CAMERA = ("by camera", "opposite polarity")


def site(root, ending, cameras):
    """Write a manifest whose infrared pictures hold deep values, each another part of them."""
    table = []
    for path, kind, camera, person, split in rows(two_folders(root, people=6, shots=4), trained=2):
        if kind == "infrared":
            shot = int(path[-5])
            camera = sorted(cameras)[shot % 2]
            low, high = cameras[camera]
            grey = np.asarray(Image.open(root / path).convert("L")) / 255
            path = f"{path[:-3]}{ending}"
            values = low + (high - low) * (0.15 * (shot // 2 + int(person) % 3) + 0.5 * grey)
            Image.fromarray(values.round().astype("u2")).save(root / path)
        table.append((path, kind, camera, person, split))
    manifest(root / "manifest.csv", table)
    return root


@pytest.fixture(scope="module", params=KINDS)
def place(request, trained, tmp_path_factory):
    """Return the kind of a site, its folder and the file of its embeddings."""
    ending, cameras, levels = KINDS[request.param]
    root = site(tmp_path_factory.mktemp("site") / "data", ending, cameras)
    file = root.parent / "all.npz"
    assert main([str(w) for w in ("embed", trained, root, "--out", file, *levels)]) == 0
    return request.param, root, file


@pytest.fixture
def best(trained, capsys):
    """Return a function that gives the first found image and its similarity."""

    def go(query, gallery, *more):
        capsys.readouterr()
        words = ("search", trained, query, "--modality", "infrared", "--gallery", gallery)
        assert main([str(word) for word in (*words, "--with-itself", "--json", *more)]) == 0
        told = capsys.readouterr().out
        (found,) = json.loads(told[told.index("[\n") :])
        return found["found"][0]["path"], found["found"][0]["similarity"]

    return go


def queries(gallery):
    """Return an infrared image of each camera, by the name of the camera."""
    images = gallery.images
    rows_of = {
        images.camera_name(int(images.camera[row])): row
        for row in np.flatnonzero(images.modality == 1)
    }
    return {camera: images.root / images.paths[row] for camera, row in rows_of.items()}


def test_the_gallerys_own_file_is_itself(place, best):
    _, _, file = place
    for query in queries(load_gallery(file)).values():
        assert best(query, file) == (str(query), pytest.approx(1, abs=1e-5))


def test_a_file_from_elsewhere_is_scaled_as_its_camera(place, best, tmp_path, mistake, trained):
    kind, _, file = place
    for camera, query in queries(load_gallery(file)).items():
        copy = shutil.copy(query, tmp_path / f"copy{query.suffix}")
        found = best(copy, file, "--camera", camera)
        assert found == (str(query), pytest.approx(1, abs=1e-5))
        words = ("search", trained, copy, "--modality", "infrared", "--gallery", file)
        if kind in BY_CAMERA:
            message = mistake(*words)
            assert "its camera is unknown, and the gallery's infrared images are scaled" in message
            assert "say --camera Hof or Tür, or --levels infrared=LOW:HIGH" in message
            assert "say --camera Hof" in mistake(*words, "--levels", f"{camera}=0:9")
        else:
            assert best(copy, file) == found
        assert "no infrared camera of that name; expected Hof or Tür" in mistake(
            *words, "--camera", "Hop"
        )


@pytest.mark.filterwarnings("ignore:100% of the infrared images")
@pytest.mark.parametrize("only", [(), ("--only", "visible")])
def test_other_levels_are_refused(place, trained, mistake, only):
    _, _, file = place
    for query in queries(load_gallery(file)).values():
        words = ("search", trained, query, "--modality", "infrared", "--gallery", file, *only)
        for levels in ("0:65535", "infrared=7000:11000", "own"):
            message = mistake(*words, "--levels", levels)
            assert "infrared images of the queries are scaled by" in message


def test_python_takes_the_levels_of_the_gallery(place, trained):
    kind, _, file = place
    gallery = load_gallery(file)
    for camera, query in queries(gallery).items():
        with pytest.raises(DataError, match="their similarities mean nothing"):
            vireid.search(vireid.embed(trained, query, modality="infrared", levels="auto"), gallery)
        named = {"camera": camera} if kind in BY_CAMERA else {}
        night = vireid.embed(trained, query, modality="infrared", levels=gallery.levels, **named)
        assert vireid.search(night, gallery, top=1).similarity[0, 0] == pytest.approx(1, abs=1e-5)


def test_a_gallery_that_is_a_folder_scales_its_queries(place, best):
    kind, root, file = place
    if KINDS[kind][2]:
        return
    for query in queries(load_gallery(file)).values():
        assert best(query, root) == (str(query), pytest.approx(1, abs=1e-5))


@pytest.fixture
def counts(tmp_path):
    """Return a site with two infrared cameras of counts."""
    ending, cameras, _ = KINDS["counts of 14 bits"]
    return site(tmp_path / "counts", ending, cameras)


@pytest.fixture
def warned(trained, capsys, succeed):
    """Return a function that searches and gives what was warned of."""

    def go(query, gallery):
        capsys.readouterr()
        succeed("search", trained, query, "--modality", "infrared", "--gallery", gallery)
        return capsys.readouterr().err

    return go


def test_an_old_file_without_levels_is_read_and_told(counts, trained, tmp_path, warned):
    gallery = vireid.embed(trained, counts)
    vireid.save_gallery(gallery, tmp_path / "x.npz")
    arrays = dict(np.load(tmp_path / "x.npz"))
    del arrays["levels"]
    np.savez(tmp_path / "x.npz", **arrays)
    query = next(iter(queries(gallery).values()))
    said = warned(query, tmp_path / "x.npz")
    assert "the gallery does not say how its images of more than 8 bits were scaled" in said
    assert re.search("nothing for infrared .* is found in 1 file at hand", said)


def test_where_the_gallery_says_nothing_the_run_does_and_then_the_file(
    counts, trained, tmp_path, warned
):
    vireid.save_gallery(
        vireid.embed(trained, counts / "visible", modality="visible"), tmp_path / "x.npz"
    )
    query = counts / "infrared" / "0003" / "0.png"
    assert "is found in 1 file at hand" in warned(query, tmp_path / "x.npz")
    other = shutil.copytree(trained, tmp_path / "run")
    levels = vireid.embed(trained, counts).levels
    Run(other).levels_file.write_text(levels.to_json())
    night = vireid.embed(other, query, modality="infrared", levels=vireid.types.Levels())
    assert night.levels == levels


def test_8_bits_have_no_levels_and_stay_bit_equal(people, trained):
    gallery = vireid.embed(trained, people, part="test")
    assert not gallery.levels.spans
    name = gallery.images.paths[-1]
    plain = vireid.embed(trained, people / name, modality="infrared")
    same = vireid.embed(trained, people / name, modality="infrared", levels=gallery.levels)
    assert same.embeddings.vectors.tobytes() == plain.embeddings.vectors.tobytes()
    assert vireid.search(plain, gallery, top=1).order[0, 0] == len(gallery) - 1


def test_exchanged_8_bits_are_exchanged_in_the_query_too(people, trained, tmp_path, best, mistake):
    file = tmp_path / "x.npz"
    words = ("embed", trained, people, "--part", "test", "--out", file, "--levels")
    assert main([str(word) for word in (*words, "infrared=255:0")]) == 0
    query = people / "cam3" / "0009" / "0000.jpg"
    assert best(query, file) == (str(query), pytest.approx(1, abs=1e-5))
    night = vireid.embed(trained, query, modality="infrared")
    with pytest.raises(DataError, match=r"scaled by 8 bits as they are and those of .* 255 to 0"):
        vireid.search(night, load_gallery(file))
    assert main([str(word) for word in (*words, "6=255:0")]) == 0
    copy = shutil.copy(query, tmp_path / "copy.jpg")
    search = ("search", trained, copy, "--modality", "infrared", "--gallery", file)
    assert "say --camera 3 or 6" in mistake(*search)
    assert best(copy, file, "--camera", "3") == (str(query), pytest.approx(1, abs=1e-5))


def test_a_data_set_says_its_cameras_itself(people, trained, mistake):
    words = ("search", trained, people, "--gallery", people, "--camera", "3")
    assert "is a data set, which says itself what its cameras are" in mistake(*words)
