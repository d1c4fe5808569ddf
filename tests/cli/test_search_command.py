"""`vireid search`."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from vireid.cli.main import main
from vireid.ranking import load_gallery, search
from vireid.runs import Run
from vireid.runs.checkpoint import load_checkpoint
from vireid.runs.fingerprints import network_fingerprint

QUERY = ("cam3", "0009", "0000.jpg")


@pytest.fixture(scope="module")
def gallery(trained, people, tmp_path_factory):
    """Return the embeddings of all test images."""
    path = tmp_path_factory.mktemp("galleries") / "test.npz"
    assert main(["embed", str(trained), str(people), "--part", "test", "--out", str(path)]) == 0
    return path


def go(capsys, *words):
    capsys.readouterr()
    assert main(["search", *(str(word) for word in words)]) == 0
    return capsys.readouterr().out


def rows(out):
    """Return rank, similarity, modality and path of each line of the table."""
    lines = (line.split(maxsplit=3) for line in out.splitlines())
    return [parts for parts in lines if parts and parts[0].isdigit()]


def test_an_image_finds_itself_first_and_whole_paths_are_told(trained, people, gallery, capsys):
    query = people.joinpath(*QUERY)
    words = (trained, query, "--modality", "infrared", "--gallery", gallery, "--top")
    found = rows(go(capsys, *words, 5, "--with-itself"))
    others = rows(go(capsys, *words, 4))
    assert [row[1:] for row in others] == [row[1:] for row in found[1:]]
    saved = load_gallery(gallery)
    index = saved.images.paths.index("/".join(QUERY))
    ranking = search(
        type(saved.embeddings)(saved.embeddings.vectors[[index]], [1]), saved.embeddings, 5
    )
    assert [row[0] for row in found] == list("12345")
    assert [row[3] for row in found] == [
        str(people / saved.images.paths[j]) for j in ranking.order[0]
    ]
    assert found[0][3] == str(query)
    assert [float(row[1]) for row in found] == pytest.approx(
        ranking.similarity[0].tolist(), abs=2e-3
    )


def test_a_folder_of_queries_in_a_folder_with_a_figure(trained, people, tmp_path, capsys):
    figure = tmp_path / "found.png"
    out = go(
        capsys, trained, people / "cam3" / "0009", "--modality", "infrared", "--gallery",
        people / "cam1", "--gallery-modality", "visible", "--top", 3, "--figure", figure,
    )  # fmt: skip
    found = rows(out)
    assert len(found) == 4 * 3
    assert {row[2] for row in found} == {"visible"}
    assert f"written: {figure}" in out
    with Image.open(figure) as image:
        assert len(np.unique(np.asarray(image).reshape(-1, 3), axis=0)) > 10


def test_a_data_set_can_be_the_gallery(trained, people, capsys):
    query = people.joinpath(*QUERY)
    out = go(capsys, trained, query, "--modality", "infrared", "--gallery", people, "--top", 500)
    assert len(rows(out)) == 191


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "is an image; say --modality visible or infrared"),
        (["--modality", "infrared", "--top", "0"], "top is 0; expected at least 1"),
        (["--modality", "infrared", "--top", "x"], "--top"),
        (
            ["--modality", "infrared", "--gallery-modality", "visible", "--only", "infrared"],
            "--only infrared and --gallery-modality visible leave no image; leave one out",
        ),
        (["--modality", "infrared", "--ignore", "own-track"], "the gallery knows no tracks"),
        (["--modality", "infrared", "--figure", "/dev/null/x.png"], "cannot write /dev/null/x.png"),
        (["--modality", "infrared", "--device", "bogus"], "--device bogus"),
    ],
)
def test_options_that_cannot_be_used(trained, people, gallery, mistake, options, message):
    words = ("search", trained, people.joinpath(*QUERY), "--gallery", gallery)
    assert message in mistake(*words, *options)


@pytest.mark.parametrize("content", [None, b"", b"hello", b"PK\x03\x04 nothing"])
def test_a_gallery_that_is_none(trained, people, tmp_path, mistake, content):
    path = tmp_path / "x.npz"
    if content is not None:
        path.write_bytes(content)
    words = ("search", trained, people.joinpath(*QUERY), "--modality", "infrared", "--gallery")
    assert "x.npz is missing or no npz file" in mistake(*words, path)
    assert "does not exist" in mistake(*words, tmp_path / "nowhere")
    assert "say --gallery-modality visible" in mistake(*words, people / "cam1")


def test_a_run_that_is_not_there(people, gallery, tmp_path, mistake):
    words = (people.joinpath(*QUERY), "--modality", "infrared", "--gallery", gallery)
    assert "holds no recipe.yaml" in mistake("search", tmp_path, *words)


def test_a_gallery_of_another_network(trained, people, tmp_path, mistake):
    path = tmp_path / "x.npz"
    np.savez(
        path, vectors=np.eye(3), modality=np.zeros(3, int), camera=np.zeros(3, int),
        paths=np.array(["a", "b", "c"]), root=".",
    )  # fmt: skip
    words = (people.joinpath(*QUERY), "--modality", "infrared", "--gallery", path)
    assert "queries have 64 dimensions and the gallery 3" in mistake("search", trained, *words)


def test_the_queries_copy_under_another_name_is_itself(trained, people, tmp_path, capsys):
    for number in range(3):
        shutil.copy(people / "cam3" / "0009" / f"{number:04d}.jpg", tmp_path / f"{number}.jpg")
    (tmp_path / "link.jpg").symlink_to(people.joinpath(*QUERY))
    query = people.joinpath(*QUERY)
    with Image.open(query) as image:
        image.save(tmp_path / "saved.png")
    words = (trained, query, "--modality", "infrared", "--gallery", tmp_path)
    found = rows(go(capsys, *words, "--gallery-modality", "infrared"))
    assert sorted(row[3] for row in found) == [str(tmp_path / f"{n}.jpg") for n in (1, 2)]


def test_one_modality_and_not_the_own_camera(trained, people, gallery, capsys):
    words = (trained, people.joinpath(*QUERY), "--modality", "infrared", "--gallery", gallery)
    for option in ("--only", "--gallery-modality"):
        found = rows(go(capsys, *words, option, "visible", "--top", 99))
        assert {row[2] for row in found} == {"visible"}
        assert len(found) == int((load_gallery(gallery).images.modality == 0).sum())
    told = json.loads(go(capsys, *words, "--ignore", "own-camera", "--top", 99, "--json"))
    assert told[0]["query"] == str(people.joinpath(*QUERY))
    assert {one["camera"] for one in told[0]["found"]} == {"1", "2", "6"}


@pytest.mark.filterwarnings("ignore:.*files that the gallery lists do not exist")
def test_images_that_have_moved_are_found_or_grey(trained, people, gallery, tmp_path, capsys):
    query, moved = tmp_path / "night.jpg", tmp_path / "moved"
    shutil.copy(people.joinpath(*QUERY), query)
    moved.mkdir()
    words = (trained, query, "--modality", "infrared", "--gallery", gallery, "--root", moved)
    out = go(capsys, *words, "--top", 2, "--figure", tmp_path / "x.png")
    assert all(row[3].startswith(f"{moved}/cam") for row in rows(out))
    with Image.open(tmp_path / "x.png") as image:
        grey = (np.asarray(image) == 190).all(axis=2).sum()
    assert grey >= 2 * 64 * 128


@pytest.mark.parametrize("stage", ["before", "joint"])
def test_a_gallery_of_another_stage_is_refused(trained, people, gallery, mistake, stage):
    file = Run(trained).checkpoint_file(stage)
    words = ("search", file, people.joinpath(*QUERY), "--modality", "infrared")
    message = mistake(*words, "--gallery", gallery)
    assert f"the queries are of network {network(file)} ({file}, stage {stage}, 32x16)" in message
    assert f"the gallery is of network {load_gallery(gallery).network} ({trained}, " in message
    assert "embed both by the same run, stage and levels" in message


def network(file):
    """Return the fingerprint of a checkpoint's network."""
    return network_fingerprint(load_checkpoint(file)[0], (32, 16))
