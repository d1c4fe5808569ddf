"""Training leaves out images that cannot be read while they are few; evaluation stops."""

import json
import re
import warnings
from dataclasses import replace

import numpy as np
import pytest

from vireid.cli.main import main
from vireid.data import load_pixels, open_data
from vireid.errors import ConfigError, DataError
from vireid.runs import reading as module
from vireid.runs.reading import Reading, read_training

SIZE = (32, 16)


def spoil(root):
    """Damage two of the 128 training images and return their names."""
    (root / "cam1" / "0002" / "0001.jpg").write_bytes(b"")
    path = root / "cam6" / "0005" / "0003.jpg"
    path.write_bytes(path.read_bytes()[:-300])
    return ["cam1/0002/0001.jpg", "cam6/0005/0003.jpg"]


def test_bad_images_are_left_out_as_if_they_were_not_there(
    draw, train, assert_same_run, tmp_path, capsys
):
    bad, without = draw(tmp_path / "bad"), draw(tmp_path / "without")
    for name in spoil(bad):
        (without / name).unlink()
    expected = train(without, tmp_path / "expected")
    capsys.readouterr()
    for more in ((), ("--cache", tmp_path / "cache"), ("--cache", tmp_path / "cache")):
        out = tmp_path / f"run{len(list(tmp_path.iterdir()))}"
        found = train(bad, out, "--max-unreadable", 0.02, *more)
        assert capsys.readouterr().err == (
            f"vireid train: {bad}: camera folders of the protocol without any image of the listed "
            "people: cam4, cam5\n"
            "vireid train: 2 of 128 images cannot be read and are left out: "
            "cam1/0002/0001.jpg, cam6/0005/0003.jpg; `vireid check` says why\n"
        )
        assert_same_run(found, expected)


def test_identities_and_images_are_left_out_alike(draw, tmp_path):
    data = open_data(draw(tmp_path / "people"))
    names = spoil(data.train.root)
    with pytest.warns(UserWarning, match=r"^2 of 128 images cannot be read"):
        left, pixels = read_training(data, SIZE, Reading(max_unreadable=0.5))
    kept = [i for i, path in enumerate(data.train.paths) if path not in names]
    assert left.train.paths == tuple(data.train.paths[i] for i in kept)
    np.testing.assert_array_equal(left.train.modality, data.train.modality[kept])
    np.testing.assert_array_equal(left.train.camera, data.train.camera[kept])
    np.testing.assert_array_equal(left.train_truth.identities, data.train_truth.identities[kept])
    np.testing.assert_array_equal(pixels, load_pixels(left.train, SIZE))
    assert left.test is data.test


def test_images_that_vanish_are_left_out_too(draw, tmp_path):
    data = replace(open_data(draw(tmp_path / "people")), train_truth=None)
    (data.train.root / data.train.paths[0]).unlink()
    with pytest.warns(UserWarning, match=r"^1 of 128 images"):
        left, pixels = read_training(data, SIZE, Reading())
    assert left.train.paths == data.train.paths[1:]
    assert len(pixels) == 127
    assert left.train_truth is None


def test_a_sound_data_set_stays_as_it_is(people):
    data = open_data(people)
    left, _ = read_training(data, SIZE, Reading(max_unreadable=0))
    assert left is data


def test_processes_that_read_other_images_do_not_train_together(draw, tmp_path, monkeypatch):
    data = open_data(draw(tmp_path / "people"))
    spoil(data.train.root)
    monkeypatch.setattr("vireid.parallel.from_first", lambda names: names[:1])
    with pytest.raises(DataError, match="the processes do not read the same images"):
        read_training(data, SIZE, Reading(max_unreadable=0.5))


def test_of_several_processes_the_first_packs_and_warns(draw, tmp_path, monkeypatch):
    data = open_data(draw(tmp_path / "people"))
    spoil(data.train.root)
    waited = []
    monkeypatch.setattr("vireid.parallel.on_first", waited.append)
    for rank in (0, 1):
        monkeypatch.setattr(module, "share", lambda rank=rank: (rank, 2))
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            read_training(data, SIZE, Reading(str(tmp_path / "cache"), 0.5))
        assert len(seen) == (1 if rank == 0 else 0)
        assert len(waited) == rank + 1
    read_training(data, SIZE, Reading("none", 0.5))
    assert len(waited) == 2, "nothing to wait for"


def test_too_many_bad_images_stop_a_training_and_leave_its_folder_free(
    draw, train, tiny_file, tmp_path, mistake
):
    people, out = draw(tmp_path / "people"), tmp_path / "run"
    names = spoil(people)
    line = mistake("train", people, "--recipe", tiny_file, "--out", out)
    assert "2 of 128 images cannot be read, more than --max-unreadable 0.01 lets pass: " in line
    assert f"{names[0]}, {names[1]}; the first: {people / names[0]} is empty" in line
    train(people, out, "--max-unreadable", 0.02)


def test_a_resumed_training_leaves_out_the_same_images_or_is_refused(
    draw, train, succeed, assert_same_run, tiny_file, tmp_path, mistake, stopping
):
    people, run = draw(tmp_path / "people"), tmp_path / "run"
    spoil(people)
    expected = train(people, tmp_path / "expected", "--max-unreadable", 0.02)
    words = ("train", people, "--out", run, "--max-unreadable", 0.05, "--cache", tmp_path / "c")
    stopping(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stopped = main([*map(str, words), "--recipe", str(tiny_file), "--weights", "none"])
    assert stopped > 128
    third = people / "cam2" / "0001" / "0000.jpg"
    kept = third.read_bytes()
    third.write_bytes(b"")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        line = mistake(*words, "--resume")
    assert re.search(r"trained on other images \(images 126, .*\) than given \(images 125, ", line)
    third.write_bytes(kept)
    succeed(*words, "--resume")
    assert_same_run(run, expected)


def test_a_modality_of_bad_images_only_is_named(draw, tmp_path):
    data = open_data(draw(tmp_path / "people"))
    for path in np.array(data.train.paths)[data.train.modality == 1]:
        (data.train.root / path).write_text("no image")
    with (
        pytest.warns(UserWarning, match="64 of 128 images"),
        pytest.raises(DataError, match="64 visible and 0 infrared training images; expected both"),
    ):
        read_training(data, SIZE, Reading(max_unreadable=0.9))


def test_the_upper_bound_leaves_them_out_too(draw, succeed, tiny_file, tmp_path):
    people = draw(tmp_path / "people")
    spoil(people)
    words = ("--recipe", tiny_file, "--out", tmp_path / "run", "--max-unreadable", 0.02)
    succeed("upper-bound", people, *words)
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert json.loads(lines[0])["ari"]["mixed"] == 1, "labels of the images that are left"


@pytest.mark.parametrize("cache", ["none", "cache"])
def test_evaluation_and_embedding_stop_at_a_bad_image(
    draw, trained, tmp_path, mistake, monkeypatch, cache
):
    monkeypatch.chdir(tmp_path)
    people = draw(tmp_path / "people")
    path = people / open_data(people).test.paths[5]
    path.write_text("no image")
    expected = rf"1 of \d+ images cannot be read; the first: {path} cannot be decoded"
    assert re.search(expected, mistake("evaluate", trained, people, "--cache", cache))
    words = ("embed", trained, people, "--out", tmp_path / "x.npz", "--cache", cache)
    assert re.search(expected, mistake(*words))
    assert not (tmp_path / "x.npz").exists()


@pytest.mark.parametrize("share", [-0.1, 1, "nan"])
def test_a_share_out_of_range_is_named(people, tmp_path, mistake, share):
    line = mistake("train", people, "--out", tmp_path / "run", "--max-unreadable", share)
    assert f"--max-unreadable {share}: expected a share from 0 to below 1" in line
    with pytest.raises(ConfigError):
        Reading(max_unreadable=float(share))
