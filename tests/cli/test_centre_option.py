"""`--centre` of `vireid evaluate`, `embed` and `search`."""

import json
import shutil
from contextlib import nullcontext

import numpy as np
import pytest

import vireid
from vireid.cli.main import main
from vireid.ranking import load_gallery

QUERY = ("cam3", "0009", "0000.jpg")


def go(capsys, *words):
    capsys.readouterr()
    assert main([str(word) for word in words]) == 0
    return capsys.readouterr().out


@pytest.fixture(scope="module")
def centred(trained, people, tmp_path_factory):
    """Return the embeddings of all test images, centred by training cameras."""
    path = tmp_path_factory.mktemp("centred") / "test.npz"
    words = ("embed", trained, people, "--part", "test", "--out", path, "--centre", "training")
    assert main([str(word) for word in words]) == 0
    return path


def test_a_table_says_whose_cameras(trained, people, tmp_path, capsys):
    run = shutil.copytree(trained, tmp_path / "run")  # which keeps its scores
    words = ("evaluate", run, people, "--out", tmp_path, "--centre")
    for centre, name in (("training", "training"), ("own", "test")):
        assert f", centred by {name} cameras, mean" in go(capsys, *words, centre)
    assert "centred" not in go(capsys, *words, "none")


def test_embeddings_say_what_was_taken_off(trained, people, centred, tmp_path, capsys):
    path = tmp_path / "night.npz"
    words = ("embed", trained, people / "cam3", "--modality", "infrared", "--out", path)
    out = go(capsys, *words, "--camera", "3", "--centre", "training")
    found = load_gallery(path)
    words = "centred by cameras of 128 training images of people (SYSU-MM01 layout) ({})"
    assert words.format(found.statistics.fingerprint) in out.replace("\n", " ")
    whole = load_gallery(centred)
    row = whole.images.paths.index("/".join(QUERY))
    mine = found.images.paths.index("/".join(QUERY[1:]))
    np.testing.assert_allclose(found.vectors[mine], whole.vectors[row], atol=1e-5)


@pytest.mark.parametrize("camera", [(), ("--camera", "6")])
def test_a_query_is_centred_as_its_gallery(
    trained, people, centred, tmp_path, capsys, succeed, camera
):
    query = tmp_path / "query.jpg"
    query.write_bytes(people.joinpath(*QUERY).read_bytes())
    words = ("search", trained, query, "--modality", "infrared", "--gallery", centred, "--json")
    capsys.readouterr()
    succeed(*words, *camera)
    out, err = capsys.readouterr()
    assert ("no statistics of 1 infrared image of an unknown camera" in " ".join(err.split())) == (
        not camera
    )
    gallery = load_gallery(centred)
    with pytest.warns() if not camera else nullcontext():
        mine = vireid.embed(
            trained,
            query,
            modality="infrared",
            camera=camera[1] if camera else None,
            centre=gallery.statistics,
        )
    expected = vireid.search(mine, gallery, 10, ignore=["own-file"])
    (found,) = json.loads(out)
    assert found["centred_by"] == gallery.statistics.words
    assert [one["similarity"] for one in found["found"]] == pytest.approx(
        expected.similarity[0].tolist(), abs=1e-6
    )


def test_the_query_is_centred_as_a_gallery_of_images(trained, people, capsys):
    query = people.joinpath(*QUERY)
    words = ("search", trained, query, "--modality", "infrared", "--gallery", people, "--json")
    similar = {}
    for centre in ("none", "training", "own"):
        (found,) = json.loads(go(capsys, *words, "--centre", centre, "--with-itself"))
        assert found["found"][0]["path"] == str(query)
        assert found["found"][0]["similarity"] == pytest.approx(1, abs=1e-5)
        similar[centre] = found["found"][1]["similarity"]
        assert (found["centred_by"] is None) == (centre == "none")
    assert len(set(similar.values())) == 3
    assert found["centred_by"] == "cameras of 192 images of people"


def test_a_search_across_modalities_is_centred_by_both(trained, people, tmp_path, capsys, mistake):
    query = people.joinpath(*QUERY)
    words = ("search", trained, query, "--modality", "infrared")
    here = ("--only", "visible", "--centre", "own", "--gallery", people)
    out = " ".join(go(capsys, *words, *here).split())
    assert "queries and gallery are centred by cameras of 192 images of people" in out
    (found,) = json.loads(go(capsys, *words, *here, "--json", "--top", 200))
    assert {one["modality"] for one in found["found"]} == {"visible"}
    day = tmp_path / "day.npz"
    side = ("--modality", "visible", "--camera", "1", "--centre", "own", "--out", day)
    assert "centred by cameras of 48 images of cam1" in go(
        capsys, "embed", trained, people / "cam1", *side
    )
    told = mistake(*words, "--gallery", day)
    assert "nothing can be taken off infrared images: what was taken off others is of" in told
    assert "cameras of 48 images of cam1, none of which are of that modality" in told
    assert "(--centre training)" in told


def test_what_does_not_go_together(trained, people, centred, mistake):
    query = people.joinpath(*QUERY)
    words = ("search", trained, query, "--modality", "infrared", "--gallery", centred)
    told = mistake(*words, "--centre", "none")
    assert "was embedded with --centre training, and its queries are centred alike" in told
    assert "the gallery has no infrared camera of that name" in mistake(*words, "--camera", "9")
    told = mistake("evaluate", centred, people, "--centre", "own")
    assert "is centred already, by cameras of 128 training images of people" in told
