"""`vireid.embed`, and `vireid.search` in what it gives."""

import numpy as np
import pytest

import vireid
from vireid.data.find_images import find_images
from vireid.errors import CheckpointError, ConfigError, DataError
from vireid.models.extract import extract
from vireid.runs import BEFORE, new_network, save_network
from vireid.runs.claim import write_settings

pytestmark = pytest.mark.filterwarnings("ignore:.*not trained to its end")


@pytest.fixture(scope="module")
def run(people, tiny, tmp_path_factory):
    """Return a run with the network before training, and no other."""
    run = vireid.Run(tmp_path_factory.mktemp("embed"))
    write_settings(run, vireid.open_data(people), tiny)
    save_network(run, BEFORE, new_network(tiny), tiny)
    return run


def test_images_paths_and_runs_in_any_form_give_the_same(people, run, tiny):
    test = vireid.open_data(people).test
    pixels = vireid.load_pixels(test, (tiny.height, tiny.width))
    expected = extract(vireid.load_network(run), pixels, test.modality)
    for gallery in (
        vireid.embed(run, test),
        vireid.embed(run.folder, people, part="test", device="cpu"),
        vireid.embed(str(run.folder), str(people), part="test", stage=BEFORE, cache="none"),
    ):
        assert isinstance(gallery, vireid.Gallery)
        assert gallery.images.paths == test.paths
        np.testing.assert_array_equal(gallery.embeddings.vectors, expected.vectors)


def test_a_query_finds_itself_in_a_gallery(people, run, tmp_path):
    gallery = vireid.embed(run, people, part="test")
    vireid.save_gallery(gallery, tmp_path / "x.npz")
    name = gallery.images.paths[5]
    modality = ("visible", "infrared")[gallery.images.modality[5]]
    query = vireid.embed(run, people / name, modality=modality)
    ranking = vireid.search(query, vireid.load_gallery(tmp_path / "x.npz"), top=3)
    assert ranking.order.shape == (1, 3)
    assert ranking.order[0, 0] == 5
    same = vireid.search(query.embeddings, gallery.embeddings, top=3)
    np.testing.assert_array_equal(same.order, ranking.order)


def test_options_that_do_not_apply(people, run, tmp_path):
    test = vireid.open_data(people).test
    for named in ({"modality": "visible"}, {"part": "test"}, {"fold": 1}):
        with pytest.raises(ConfigError, match="apply to paths; images say it themselves"):
            vireid.embed(run, test, **named)
    with pytest.raises(ConfigError, match="part is some and modality None; expected one of all,"):
        find_images(people, part="some")
    with pytest.raises(ConfigError, match=r"modality thermal; expected one of .* visible or infra"):
        find_images(people, "thermal")
    with pytest.raises(DataError, match="does not exist"):
        vireid.embed(run, tmp_path / "nowhere")
    with pytest.raises(CheckpointError, match="has no stage joint; it has: before"):
        vireid.embed(run, test, stage="joint")


@pytest.mark.parametrize("given", [["a.png", "b.png"], ("a.png",), 7])
def test_a_list_of_paths_is_refused_in_one_line(run, given):
    with pytest.raises(ConfigError, match=r"images are given as a .*; expected the path of a data"):
        vireid.embed(run, given)


def test_a_gallery_holds_its_vectors(people, run):
    gallery = vireid.embed(run, people, part="test")
    assert gallery.vectors is gallery.embeddings.vectors
    assert gallery.vectors.shape == (len(gallery), 64)
