"""Evaluation with what a camera's embeddings have in common taken off."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

import vireid
from tests.written import entries
from vireid.config import EvaluationConfig
from vireid.errors import CheckpointError, ConfigError
from vireid.recipes import dump_recipe
from vireid.runs import BEFORE, Run, new_network
from vireid.runs.centring import statistics_of
from vireid.runs.looking import GalleryPlace, embed_search
from vireid.runs.networks import save_weights
from vireid.scoring import sysu

pytestmark = pytest.mark.filterwarnings("ignore:.*not trained to its end")

TRAINING, OWN = ", centred by training cameras", ", centred by test cameras"


@pytest.fixture(scope="module")
def data(people):
    """Return the data of the fake people."""
    return vireid.open_data(people)


@pytest.fixture(scope="module")
def plain(tiny, tmp_path_factory):
    """Return a run of a network that was not trained, without statistics."""
    run = Run(tmp_path_factory.mktemp("scoring") / "plain")
    save_weights(run, BEFORE, new_network(tiny).state_dict(), tiny)
    run.recipe_file.write_text(dump_recipe(tiny))
    return run


@pytest.fixture(scope="module")
def run(plain, data, tiny, tmp_path_factory):
    """Return the same run with the statistics of its training images."""
    found = Run(tmp_path_factory.mktemp("scoring") / "run")
    kept = statistics_of(vireid.embed(plain, data.train).embeddings, data.train, "training")
    for stage in (BEFORE, "joint"):
        save_weights(found, stage, new_network(tiny).state_dict(), tiny, cameras=kept)
    found.recipe_file.write_text(dump_recipe(tiny))
    return found


def slowly(vectors, images, means, others):
    """Return vectors without the mean of the vectors of the same camera, one after the other."""
    found = np.empty(vectors.shape)
    for row in range(len(vectors)):
        key = images.modality[row], images.camera[row]
        same = [
            one
            for one, kind, camera in zip(means, others.modality, others.camera, strict=True)
            if (kind, camera) == key
        ]
        found[row] = vectors[row] - np.mean(np.asarray(same, dtype=float), axis=0)
    return found


@pytest.mark.parametrize(("centre", "words"), [("training", TRAINING), ("own", OWN)])
def test_scores_are_those_of_embeddings_without_their_camera(run, data, centre, words, tmp_path):
    found = vireid.evaluate(run, data, stages=["joint"], centre=centre, out=tmp_path)
    test, train = (vireid.embed(run, part).vectors for part in (data.test, data.train))
    others = (train, data.train) if centre == "training" else (test, data.test)
    rows = slowly(test, data.test, *others)
    expected = vireid.score(rows, data.test_truth, sysu(data.test, data.test_truth))
    assert found.table()["joint"] == pytest.approx(expected.table(), abs=0.2)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose(found.embeddings.vectors, rows, atol=1e-4)
    assert found.protocol == expected.protocol + words
    assert found.facts["centre"] == centre
    assert found.key in entries(tmp_path / "evaluation.json")
    assert found.key in entries(run.metrics_file)
    assert "statistics" not in str(found.warnings)


def test_ways_stand_beside_each_other(run, data, tmp_path):
    for stages in ("every", ["joint"]):
        vireid.evaluate(run, data, stages=stages, out=tmp_path)
    both = vireid.evaluate(run, data, stages="every", centre="training", out=tmp_path, flip=True)
    assert both.protocol.endswith(f", flip-averaged{TRAINING}")
    ranked = vireid.evaluate(run, data, centre="training", out=tmp_path, rerank=True)
    assert ranked.protocol.endswith(f"{TRAINING}, re-ranked")
    found = entries(run.metrics_file)
    plain = next(key for key in found if "centred" not in key and "flip" not in key)
    assert set(found[plain]["stages"]) == set(found[both.key]["stages"]) == {BEFORE, "joint"}
    assert found[plain]["centre"] == "none"


def test_cameras_that_were_never_seen_are_said(run, data):
    test = replace(data.test, cameras={2: "yard"})
    found = vireid.evaluate(run, replace(data, test=test), centre="training")
    (line,) = (line for line in found.warnings if "statistics" in line)
    assert "no statistics of 16 visible images of camera yard: the mean of their modality" in line
    own = vireid.evaluate(run, replace(data, test=test), centre="own")
    assert not [line for line in own.warnings if "statistics" in line]


def test_a_run_without_statistics(plain, run, data, tmp_path):
    for model in (plain, plain.checkpoint_file(BEFORE)):
        with pytest.raises(CheckpointError, match=r"before\.safetensors keeps no statistics of"):
            vireid.evaluate(model, data, centre="training", out=tmp_path)
    assert not (tmp_path / "evaluation.json").exists()
    with pytest.raises(ConfigError, match="centre is test; expected one of none, training, own"):
        vireid.evaluate(run, data, centre="test")
    assert "centred" not in vireid.evaluate(plain, data, centre="none", out=tmp_path).protocol


def test_the_recipe_says_it_where_the_user_does_not(plain, run, data, tiny, tmp_path, caplog):
    text = dump_recipe(replace(tiny, evaluation=EvaluationConfig("training")))
    copies = []
    for one in (plain, run):
        copies.append(Run(shutil.copytree(one.folder, tmp_path / one.folder.name)))
        copies[-1].recipe_file.write_text(text)
    assert vireid.evaluate(copies[1], data).protocol.endswith(TRAINING)
    assert "centred" not in vireid.evaluate(copies[1], data, centre="none").protocol
    assert "nothing is taken off" not in caplog.text
    assert "centred" not in vireid.evaluate(copies[0], data).protocol
    assert "nothing is taken off embeddings, though the recipe says so" in caplog.text


def test_features_know_what_was_taken_off_them(run, data, tmp_path):
    galleries = {how: vireid.embed(run, data.test, centre=how) for how in ("none", "training")}
    files = {how: tmp_path / f"{how}.npz" for how in galleries}
    for how, file in files.items():
        vireid.save_gallery(galleries[how], file)
    expected = vireid.evaluate(run, data, centre="training")
    for given in (files["training"], galleries["training"]):
        found = vireid.evaluate(given, data)
        assert found.protocol == expected.protocol
        assert list(found.table().values()) == list(expected.table().values())
        with pytest.raises(ConfigError, match="centred already, by cameras of 128 training im"):
            vireid.evaluate(given, data, centre="none")
    for given in (files["none"], galleries["none"], galleries["none"].vectors):
        assert "centred" not in vireid.evaluate(given, data).protocol
        own = vireid.evaluate(given, data, centre="own")
        assert own.protocol.endswith(OWN)
        with pytest.raises(ConfigError, match="holds no statistics of training images: give the"):
            vireid.evaluate(given, data, centre="training")
    assert own.table()["features"] == vireid.evaluate(run, data, centre="own").table()["joint"]
    protocol = sysu(data.test, data.test_truth)
    scored = vireid.score(galleries["training"], data.test_truth, protocol)
    assert scored.protocol == expected.protocol


def test_features_centred_by_other_images_are_named_by_these(run, data, people, tmp_path):
    whole = vireid.embed(run, people, centre="own")
    vireid.save_gallery(whole, tmp_path / "whole.npz")
    test = vireid.embed(run, data.test, centre="own")
    protocol = sysu(data.test, data.test_truth)
    many = f", centred by cameras of {len(whole)} images"
    for given in (tmp_path / "whole.npz", whole):
        found = vireid.evaluate(given, data)
        assert found.protocol == protocol.name + many
        assert found.facts["statistics"]["images"] == len(whole)
        (line,) = (line for line in found.warnings if "taken off" in line)
        assert "192 images that were embedded together, not of the 64 test images alone" in line
    found = vireid.evaluate(test, data)
    assert found.protocol == protocol.name + OWN
    assert "taken off: the means of the cameras of 64 images of people" in found.notes
    assert not [line for line in found.warnings if "taken off" in line]
    rows = np.flatnonzero(np.isin(whole.images.paths, data.test.paths))
    for given, words in ((test, OWN), (whole.subset(rows), many)):
        scored = vireid.score(given, data.test_truth, protocol)
        assert scored.protocol == protocol.name + words


def test_cameras_of_other_data_are_said(run, draw, tmp_path):
    other = vireid.open_data(draw(tmp_path / "street", images=2))
    found = vireid.evaluate(run, other, centre="training")
    (line,) = (line for line in found.warnings if "numbers" in line)
    assert "is of cameras of 128 training images of people, and nothing but numbers" in line
    assert "taken off: the means of the cameras of 128 training images of people" in found.notes
    with pytest.warns(UserWarning, match="nothing but numbers says that the cameras"):
        vireid.embed(run, other.test, centre="training")


def test_another_manifest_in_the_same_folder_is_other_data(plain, tiny, draw, tmp_path):
    root = draw(tmp_path / "rigs", images=2)
    found = vireid.open_data(root).train
    rows = zip(found.paths, found.modality, found.camera, strict=True)
    lines = [f"{path},{'infrared' if kind else 'visible'},{camera}" for path, kind, camera in rows]
    for name, kept in (("mine.csv", lines), ("other.csv", lines[1:])):
        (root / name).write_text("\n".join(["path,modality,camera", *kept, ""]))
    mine = vireid.open_data(root / "mine.csv").train
    run = Run(tmp_path / "run")
    kept = statistics_of(vireid.embed(plain, mine).embeddings, mine, "training")
    save_weights(run, BEFORE, new_network(tiny).state_dict(), tiny, cameras=kept)
    run.recipe_file.write_text(dump_recipe(tiny))
    with pytest.warns(UserWarning, match="nothing but numbers says that the cameras"):
        vireid.embed(run, root / "other.csv", stage=BEFORE, centre="training")
    query, network = root / found.paths[0], run.checkpoint_file(BEFORE)
    place = GalleryPlace(root / "other.csv")
    with pytest.warns(UserWarning, match="nothing but numbers says that the cameras"):
        embed_search(
            network,
            query,
            place,
            modality="visible",
            camera=str(found.camera[0]),
            centre="training",
        )
    vireid.embed(run, root / "mine.csv", stage=BEFORE, centre="training")
