"""Commands read from the cache what they would decode, bit for bit."""

import json
import re

import numpy as np
import pytest

from vireid.data import load_pixels, open_data
from vireid.data.pixels import cache as data_cache
from vireid.data.pixels import place
from vireid.runs.reading import read_all

SIZE = (32, 16)


def test_training_evaluation_and_embedding_are_bit_equal_with_a_cache(
    people, train, succeed, assert_same_run, trained, tmp_path
):
    cache = ("--cache", tmp_path / "cache")
    assert_same_run(train(people, tmp_path / "run", *cache), trained)
    for _ in range(2):  # the second time the file is there
        scores, vectors = [], []
        for more in (cache, ("--cache", "none")):
            succeed("evaluate", tmp_path / "run", people, *more)
            scores.append(json.loads((tmp_path / "run" / "metrics.json").read_text()))
            scores[-1].pop("seconds")
            succeed("embed", tmp_path / "run", people, "--out", tmp_path / "x.npz", *more)
            vectors.append(np.load(tmp_path / "x.npz")["vectors"].tobytes())
        assert scores[0] == scores[1]
        assert vectors[0] == vectors[1]
    assert len(list((tmp_path / "cache").iterdir())) == 3, "training, test and all images"


@pytest.mark.parametrize("small", [True, False])
def test_small_data_is_held_in_memory_and_other_below_the_users_cache(
    people, tmp_path, monkeypatch, small
):
    images = open_data(people).train
    needed = len(images) * 32 * 16 * 3
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(place, "SMALL", needed + small)
    for cache in (None, "none", None):
        np.testing.assert_array_equal(read_all(images, SIZE, cache), load_pixels(images, SIZE))
    assert len(list((tmp_path / "vireid").glob("*.npy"))) == (0 if small else 1)


def test_a_full_disk_is_one_line_and_training_can_begin_anew(
    people, tiny_file, tmp_path, succeed, mistake, monkeypatch
):
    words = ("train", people, "--recipe", tiny_file, "--out", tmp_path / "run", "--cache")
    usage = data_cache.shutil.disk_usage(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(data_cache.shutil, "disk_usage", lambda _: usage._replace(free=1000))
        line = mistake(*words, tmp_path / "cache")
    assert re.search(r"0 MB are free; free some space .*: --cache DIR, or --cache none", line)
    assert list((tmp_path / "cache").iterdir()) == []
    succeed(*words, tmp_path / "cache")
