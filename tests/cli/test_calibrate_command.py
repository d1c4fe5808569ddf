"""`vireid calibrate`, and what a search says by its rates."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

import vireid
from vireid.cli.main import main
from vireid.errors import DataError
from vireid.ranking import load_gallery, load_rates, save_rates
from vireid.types import Modality


@pytest.fixture(scope="module")
def gallery(trained, people, tmp_path_factory):
    """Return a file of the test images with embeddings that tell six groups of them apart."""
    path = tmp_path_factory.mktemp("galleries") / "test.npz"
    found = vireid.embed(trained, people, part="test", device="cpu")
    generator = np.random.default_rng(0)
    rows = np.eye(found.vectors.shape[1])[np.arange(len(found)) % 6]
    rows = rows + 0.02 * generator.normal(size=rows.shape)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    embeddings = replace(found.embeddings, vectors=rows.astype(np.float32), features=None)
    vireid.save_gallery(replace(found, embeddings=embeddings), path)
    return path


@pytest.fixture(scope="module")
def run(trained, gallery, tmp_path_factory):
    """Return a copy of the run that keeps its rates."""
    folder = tmp_path_factory.mktemp("runs") / "copy"
    shutil.copytree(trained, folder)
    assert main(["calibrate", str(folder), str(gallery), "--device", "cpu"]) == 0
    return folder


@pytest.fixture
def search(capsys, gallery, succeed):
    """Return a function that searches for the first image, and gives back what was printed."""

    def go(run, *more):
        images = load_gallery(gallery).images
        query = images.root / images.paths[0]
        capsys.readouterr()
        succeed("search", run, query, "--modality", "visible", "--gallery", gallery, *more)
        return capsys.readouterr()

    return go


def test_rates_are_kept_with_the_run(run, gallery):
    rates = load_rates(run / "rates.json")
    assert rates.network == load_gallery(gallery).network
    assert [pair.names[1] for pair in rates.pairs] == ["visible", "infrared", "infrared"]
    assert rates.made["labellings"] == 10
    again = vireid.calibrate(run, load_gallery(gallery))
    for one, other in zip(rates.pairs, again.pairs, strict=True):
        np.testing.assert_array_equal(one.fmr, other.fmr)


def test_a_search_tells_the_false_matches_to_expect(run, gallery, search):
    found = json.loads(search(run, "--json", "--top", 20).out)[0]["found"]
    modality, rates = load_gallery(gallery).embeddings.modality, load_rates(run / "rates.json")
    assert {one["modality"] for one in found} == {"visible", "infrared"}
    for one in found:
        side = Modality[one["modality"].upper()]
        pair = rates.of(Modality.VISIBLE, side)
        searched = (modality == side).sum() - (side == Modality.VISIBLE)  # not the query itself
        rate, bounded = pair.false_match_rate(one["similarity"])
        assert one["false_matches"] == pytest.approx(float(rate) * searched)
        assert one["fewer"] == bool(bounded)
        row = pair.row(one["similarity"])
        ends = [pair.fmr_low[row] * searched, pair.fmr_high[row] * searched]
        assert one["interval"] == pytest.approx(ends)
    assert "false matches" in search(run).out


def test_lists_are_cut_where_too_many_are_expected(run, search):
    every = json.loads(search(run, "--json", "--top", 30).out)[0]["found"]
    values = sorted({one["false_matches"] for one in every})
    most = values[len(values) // 2]
    cut = search(run, "--json", "--top", 30, "--max-false-matches", most).out
    left = json.loads(cut)[0]["found"]
    fewest = min(one["false_matches"] for one in every if not one["fewer"])
    kept = [
        one["path"] for one in every
        if (min(one["false_matches"], fewest) if one["fewer"] else one["false_matches"]) <= most
    ]  # fmt: skip
    assert [one["path"] for one in left] == kept
    assert [one["rank"] for one in left] == list(range(1, len(left) + 1))
    err = search(run, "--max-false-matches", 1e-9).err
    assert "leaves nothing for 1 of 1 queries" in err


def test_rates_of_another_network_are_not_used(run, gallery, tmp_path, search, mistake):
    other = replace(load_rates(run / "rates.json"), network="0" * 16)
    file = tmp_path / "copy" / "rates.json"
    shutil.copytree(run, file.parent)
    save_rates(other, file)
    query = load_gallery(gallery).images
    words = [run, query.root / query.paths[0], "--modality", "visible", "--gallery", gallery]
    assert "rates are of network 0000" in mistake("search", *words, "--rates", file)
    out, err = search(file.parent)
    assert "is not used: the rates are of network 0000" in err
    assert "false matches" not in out


def test_training_images_are_refused(trained, people, tmp_path, mistake, succeed):
    words = ["calibrate", trained, people, "--device", "cpu"]
    assert "was trained on" in mistake(*words, "--part", "all")
    assert "was trained on" in mistake(*words, "--part", "train", "--modality", "visible")
    every = tmp_path / "all.npz"
    succeed("embed", trained, people, "--out", every)
    assert "was trained on" in mistake("calibrate", trained, every)
    checkpoint = trained / "checkpoints" / "aligned.safetensors"
    assert "was trained on" in mistake(
        "calibrate", checkpoint, every, "--out", tmp_path / "rates.json"
    )
    with pytest.raises(DataError, match="was trained on"):
        vireid.calibrate(trained, load_gallery(every).subset([0]))
    with pytest.raises(DataError, match="was trained on"):
        vireid.calibrate(trained, load_gallery(every).images.subset([0]))


def test_a_lone_checkpoint_knows_its_training(trained, people, tmp_path):
    file = shutil.copy(
        trained / "checkpoints" / "aligned.safetensors", tmp_path / "one.safetensors"
    )
    with pytest.raises(DataError, match="was trained on"):
        vireid.calibrate(file, people, part="train", modality="infrared")


def test_mistakes_are_told(trained, people, gallery, tmp_path, mistake):
    query = load_gallery(gallery).images
    words = [trained, query.root / query.paths[0], "--modality", "visible", "--gallery", gallery]
    assert "first `vireid calibrate" in mistake("search", *words, "--max-false-matches", 1)
    assert "expected more than 0" in mistake("search", *words, "--max-false-matches", 0)
    assert "ends in .json" in mistake("calibrate", trained, people, "--out", tmp_path / "x.csv")
    err = mistake("calibrate", trained, gallery, "--modality", "visible", "--part", "all")
    assert "--modality, --part: the images are found and embedded already" in err
    err = mistake("calibrate", trained, gallery, "--centre", "own")
    assert "--centre: the images are found and embedded already" in err
    assert "centre own" in mistake("calibrate", trained, people, "--centre", "own")
    other = tmp_path / "other.npz"
    vireid.save_gallery(replace(load_gallery(gallery), network="0" * 16), other)
    assert "embeddings are of network 0000" in mistake("calibrate", trained, other)
    err = mistake("calibrate", trained / "checkpoints" / "none.safetensors", people)
    assert "say --out FILE.json" in err
