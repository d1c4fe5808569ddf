"""`vireid search`: what of a query itself is left out, and what is said where it cannot be."""

import json
from dataclasses import replace

import numpy as np
import pytest

from vireid.cli.main import main
from vireid.ranking import load_gallery, save_gallery

QUERY = "cam3/0009/0000.jpg"


@pytest.fixture(scope="module")
def gallery(trained, people, tmp_path_factory):
    """Return embeddings of all test images, in which a track goes on in both modalities."""
    path = tmp_path_factory.mktemp("own") / "test.npz"
    assert main(["embed", str(trained), str(people), "--part", "test", "--out", str(path)]) == 0
    found = load_gallery(path)
    track = np.array([int("/0009/" in one) - 1 for one in found.images.paths])
    save_gallery(replace(found, images=replace(found.images, track=track)), path)
    return path


@pytest.fixture
def found(trained, people, gallery, capsys):
    """Return a function that searches for the query and gives back what is found."""

    def search(*words):
        capsys.readouterr()
        fixed = ("search", trained, people / QUERY, "--modality", "infrared", "--json")
        assert main([str(one) for one in (*fixed, "--gallery", gallery, "--top", 999, *words)]) == 0
        return json.loads(capsys.readouterr().out)[0]["found"]

    return search


@pytest.mark.parametrize("option", ["--only", "--gallery-modality"])
@pytest.mark.parametrize("own", ["own-track", "own-camera"])
def test_one_modality_of_a_gallery_that_knows_the_query_by_the_other(found, gallery, option, own):
    every, images = found("--ignore", own), load_gallery(gallery).images
    seen = [one for one in every if one["modality"] == "visible"]
    assert [one["path"] for one in found(option, "visible", "--ignore", own)] == [
        one["path"] for one in seen
    ]
    visible = [path for path in images.paths if path.split("/")[0] in {"cam1", "cam2"}]
    kept = [path for path in visible if own == "own-camera" or "/0009/" not in path]
    assert sorted(one["path"] for one in seen) == [str(images.root / path) for path in sorted(kept)]
    assert len(kept) < len(visible) or own == "own-camera"


def test_a_data_set_as_gallery_of_one_modality(trained, people, capsys):
    words = ("search", trained, people / QUERY, "--modality", "infrared", "--json", "--gallery")
    words = (*words, people, "--top", 999, "--ignore", "own-camera")
    told = []
    for option in ("--only", "--gallery-modality"):
        capsys.readouterr()
        assert main([str(one) for one in (*words, option, "visible")]) == 0
        told.append(json.loads(capsys.readouterr().out)[0]["found"])
    assert told[0] == told[1]
    assert {one["modality"] for one in told[0]} == {"visible"}


@pytest.fixture
def told(trained, people, gallery, capsys):
    """Return a function that searches for the query and gives back what is warned of."""

    def search(*words):
        capsys.readouterr()
        fixed = ("search", trained, people / QUERY, "--gallery", gallery)
        assert main([str(one) for one in (*fixed, *words)]) == 0
        return capsys.readouterr().err

    return search


@pytest.mark.filterwarnings("default")
def test_files_that_are_gone_and_a_wrong_root_are_told(told, people, gallery, tmp_path):
    paths = load_gallery(gallery).images.paths
    words = ("--modality", "infrared", "--root", tmp_path)
    line = (
        f"{len(paths)} of {len(paths)} files that the gallery lists do not exist, first {tmp_path}/"
    )
    assert line in told(*words)
    (tmp_path / "cam1").symlink_to(people / "cam1")
    gone = sum(not path.startswith("cam1/") for path in paths)
    for more in (("--only", "visible", "--ignore", "own-camera"), ("--ignore", "own-track")):
        assert f"{gone} of {len(paths)} files that the gallery lists do" in told(*words, *more)
    assert told("--modality", "infrared") == ""


@pytest.mark.filterwarnings("default")
def test_a_query_that_the_gallery_knows_in_the_other_modality(told):
    line = "the gallery holds 1 query as images of the other modality: 0000.jpg; if the gallery is"
    assert line in told("--modality", "visible")
