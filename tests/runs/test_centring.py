"""Statistics of cameras: kept by a run, taken off embeddings, found again by name."""

import os
import shutil
import signal
from dataclasses import replace

import numpy as np
import pytest

import vireid
from vireid.config import EvaluationConfig
from vireid.errors import CheckpointError, ConfigError, DataError, Stopped
from vireid.models.extract import extract
from vireid.recipes import dump_recipe
from vireid.runs import CLEAREST, Run
from vireid.runs.centring import kept_statistics, statistics_of, without_cameras
from vireid.runs.checkpoint import load_checkpoint, save_checkpoint
from vireid.runs.keeping import Keeper
from vireid.training import EpochEnded
from vireid.types import ANY, Embeddings

STAGES = ("before", "joint", "aligned", CLEAREST)


@pytest.fixture(scope="module")
def trained(people, tiny, tmp_path_factory):
    """Return a run on the fake people."""
    return vireid.train(people, tmp_path_factory.mktemp("centring") / "run", tiny, device="cpu")


@pytest.fixture(scope="module")
def images(people):
    """Return the training images."""
    return vireid.open_data(people).train


@pytest.fixture
def former(trained, tmp_path):
    """Return the same run without statistics, as an earlier version left it, and its text."""
    run = Run(shutil.copytree(trained.folder, tmp_path / "run"))
    tensors, text = load_checkpoint(run.checkpoint_file("aligned"))
    left = {name: value for name, value in text.items() if name not in ("cameras", "format")}
    save_checkpoint(run.checkpoint_file("aligned"), tensors, left)
    return run, left


def slowly(vectors, images):
    """Return embeddings without the mean of their camera, one after the other."""
    found = np.empty_like(vectors)
    for row in range(len(vectors)):
        same = [
            vectors[other].astype(float)
            for other in range(len(vectors))
            if images.modality[other] == images.modality[row]
            and images.camera[other] == images.camera[row]
        ]
        moved = vectors[row] - sum(same) / len(same)
        found[row] = moved / np.linalg.norm(moved)
    return found


def test_every_network_keeps_the_statistics_of_its_training_images(trained, images, tiny):
    pixels = vireid.load_pixels(images, (tiny.height, tiny.width))
    for stage in STAGES:
        kept = kept_statistics(trained.checkpoint_file(stage))
        assert (kept.of, len(kept)) == ("training", 4 + 2)
        vectors = extract(vireid.load_network(trained, stage), pixels, images.modality).vectors
        for row, name in enumerate(kept.camera):
            inside = images.modality == kept.modality[row]
            if name != ANY:
                inside &= images.camera == int(name)
            assert kept.images[row] == inside.sum()
            np.testing.assert_allclose(kept.mean[row], vectors[inside].mean(axis=0), atol=1e-5)
            np.testing.assert_allclose(kept.spread[row], vectors[inside].std(axis=0), atol=1e-5)


def test_embeddings_lose_what_their_camera_has_in_common(trained, images):
    plain = vireid.embed(trained, images)
    assert plain.statistics is None
    expected = slowly(plain.vectors, images)
    for centre in ("training", "own"):  # of the same images, once as the run knows them
        found = vireid.embed(trained, images, centre=centre)
        np.testing.assert_allclose(found.vectors, expected, atol=1e-4)
        assert found.statistics.of == centre
        assert found.network != plain.network
    again = vireid.embed(trained, images, centre=found.statistics)
    assert again.network == found.network
    np.testing.assert_array_equal(again.vectors, found.vectors)


def test_a_camera_that_was_never_seen_goes_by_its_modality(trained, people):
    test = vireid.open_data(people).test
    plain = vireid.embed(trained, test)
    kept = kept_statistics(trained.checkpoint_file("aligned"))
    rows = [row for row, name in enumerate(kept.camera) if name != "2"]
    fewer = replace(
        kept,
        modality=kept.modality[rows],
        camera=tuple(kept.camera[row] for row in rows),
        images=kept.images[rows],
        mean=kept.mean[rows],
        spread=kept.spread[rows],
    )
    line = "no statistics of 16 visible images of camera 2: the mean of their modality was taken"
    with pytest.warns(UserWarning, match=line):
        found = vireid.embed(trained, test, centre=fewer)
    inside = test.camera == 2
    moved = plain.vectors[inside] - kept.mean[kept.camera.index(ANY)]
    moved /= np.linalg.norm(moved, axis=1, keepdims=True)
    np.testing.assert_allclose(found.vectors[inside], moved, atol=1e-6)
    whole = vireid.embed(trained, test, centre="training")
    np.testing.assert_array_equal(found.vectors[~inside], whole.vectors[~inside])


def test_what_is_not_kept_is_said(former, images):
    run, text = former
    file = run.checkpoint_file("aligned")
    for model in (run, file):
        with pytest.raises(CheckpointError, match=r"keeps no statistics of cameras: .* --centre o"):
            vireid.embed(model, images, centre="training")
    assert vireid.embed(run, images).statistics is None
    save_checkpoint(file, load_checkpoint(file)[0], text | {"cameras": "{}"})
    with pytest.raises(CheckpointError, match=r"aligned.safetensors: statistics .* cannot be read"):
        vireid.embed(run, images, centre="training")
    with pytest.raises(ConfigError, match=r"centre is trainin; expected one of .* did you mean"):
        vireid.embed(run, images, centre="trainin")


def test_a_recipe_says_what_is_taken_off(former, trained, images, tiny, caplog):
    run, _ = former
    wanted = replace(tiny, evaluation=EvaluationConfig("training"))
    run.recipe_file.write_text(dump_recipe(wanted))
    assert vireid.embed(run, images).statistics is None
    assert "nothing is taken off embeddings, though the recipe says so" in caplog.text
    shutil.copy(trained.checkpoint_file("aligned"), run.checkpoint_file("aligned"))
    found, expected = vireid.embed(run, images), vireid.embed(trained, images, centre="training")
    assert (found.network, found.statistics.of) == (expected.network, "training")
    assert vireid.embed(run, images, centre="none").statistics is None
    with pytest.raises(ConfigError, match=r"evaluation.centre is some; expected one of none, trai"):
        replace(tiny, evaluation=EvaluationConfig("some"))


def test_where_no_camera_is_known_nothing_is_kept(people, tiny, tmp_path):
    data = vireid.open_data(people)
    unknown = replace(data.train, camera=np.zeros_like(data.train.camera))
    run = vireid.train(replace(data, train=unknown), tmp_path / "run", tiny, device="cpu")
    for stage in STAGES:
        assert "cameras" not in load_checkpoint(run.checkpoint_file(stage))[1]


def test_statistics_of_another_network_are_refused(images):
    small, large = (
        Embeddings(np.eye(size, dtype=np.float32)[np.arange(len(images)) % 5], images.modality)
        for size in (5, 6)
    )
    statistics = statistics_of(small, images, "own")
    with pytest.raises(DataError, match="embeddings have 6 dimensions and the statistics of came"):
        without_cameras(large, images, statistics)


def test_a_stop_while_a_stage_is_embedded(trained, people, tiny, tmp_path, monkeypatch):
    embedded = Keeper.embedded

    def stopping(keeper, event):
        if isinstance(event, EpochEnded):
            monkeypatch.setattr(Keeper, "embedded", embedded)
            os.kill(os.getpid(), signal.SIGTERM)
        return embedded(keeper, event)

    monkeypatch.setattr(Keeper, "embedded", stopping)
    with pytest.raises(Stopped, match="stopped and saved"):
        vireid.train(people, tmp_path / "run", tiny, device="cpu")
    run = vireid.train(people, tmp_path / "run", tiny, device="cpu", resume=True)
    for stage in STAGES:
        mine, theirs = (load_checkpoint(one.checkpoint_file(stage)) for one in (run, trained))
        assert mine[1] == theirs[1]
        assert all(mine[0][name].equal(value) for name, value in theirs[0].items())
    lines = [run.log_file.read_text().count(f'"stage": "{stage}"') for stage in STAGES[1:3]]
    assert lines == [1, 2]
