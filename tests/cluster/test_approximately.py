"""Approximate search: what it misses is told, and a former search is gone on from."""

import numpy as np
import pytest

from vireid.cluster import Search, choosing, descent, modal_neighbours, nearest_neighbours
from vireid.cluster import normalise_rows as unit
from vireid.cluster.choosing import chosen_backend
from vireid.cluster.sampled import sampled_recall
from vireid.errors import ConfigError, DataError

faiss = pytest.importorskip("faiss", reason="approximate neighbours are the extra faiss")
K = 8


@pytest.fixture(scope="module")
def rows():
    """People about centres."""
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(60, 24))[generator.integers(0, 60, 900)]
    return unit(centres + 0.3 * generator.normal(size=(900, 24)))


@pytest.fixture(scope="module")
def kind():
    return (np.random.default_rng(1).random(900) < 0.4).astype(int)


def moved(rows):
    """Return the rows after a little more training."""
    return unit(rows + 0.02 * np.random.default_rng(2).normal(size=rows.shape))


def recall(found, truth):
    return np.mean(found[1] >= truth[1][:, -1:])


@pytest.mark.parametrize("backend", ["ivf", "hnsw"])
@pytest.mark.parametrize("part", [(0, 1), (1, 3)])
@pytest.mark.parametrize("across", [False, True])
def test_most_of_the_truth_is_found_with_exact_similarities(rows, kind, backend, part, across):
    told = []
    how = {"k": K, "own_k": 5, "across": across}
    found = modal_neighbours(
        rows, kind, **how, search=Search(backend, part=part, threads=1, told=told.append)
    )
    truth = modal_neighbours(rows, kind, **how, search=Search(part=part))
    pairs = [(found[0], truth[0]), *((found[1][one], truth[1][one]) for one in truth[1])]
    for mine, exact in pairs:
        assert mine[0].shape == exact[0].shape
        assert recall(mine, exact) > 0.97
        alike = mine[0] == exact[0]
        assert np.array_equal(mine[1][alike], exact[1][alike])
    assert len(told) == 4
    assert all(backend in line and "recall at" in line for line in told)


def test_a_former_search_is_gone_on_from_without_an_index(rows, kind, monkeypatch):
    before = modal_neighbours(rows, kind, k=K, own_k=K)
    start = (before[0][0], {one: near[0] for one, near in before[1].items()})
    monkeypatch.setattr(
        "vireid.cluster.approximately.index_of", lambda *_, **__: pytest.fail("an index was made")
    )
    now, told = moved(rows), []
    found = modal_neighbours(
        now, kind, k=K, own_k=K, search=Search("ivf", start=start, told=told.append)
    )
    truth = modal_neighbours(now, kind, k=K, own_k=K)
    assert recall(found[0], truth[0]) > 0.99
    for one in truth[1]:
        assert recall(found[1][one], truth[1][one]) > 0.99
    assert len(told) == 4
    assert all("from the former search" in line for line in told)


def test_a_former_search_that_misses_too_much_does_not_count(rows):
    lost = np.tile(np.arange(K), (len(rows), 1))
    told = []
    how = Search("ivf", start=(lost, {}), told=told.append)
    found = nearest_neighbours(rows, K, search=how)
    assert recall(found, nearest_neighbours(rows, K)) > 0.97
    assert "too low: an index is made instead" in told[0]
    assert "by ivf" in told[1]


def test_a_former_search_of_other_images_is_refused(rows):
    near = nearest_neighbours(rows, K)[0]
    with pytest.raises(DataError, match="900 rows, this one 100"):
        nearest_neighbours(rows[:100], K, search=Search("ivf", start=(near, {})))
    with pytest.raises(ConfigError, match="starts anew"):
        Search(start=(near, {}))


def test_a_round_ranks_all_neighbours_of_neighbours(rows):
    few = rows[:120]
    near = np.random.default_rng(3).integers(0, 120, (120, 6))
    found, similarities = np.empty((120, 5), np.int64), np.empty((120, 5), np.float32)
    descent._round(few, near, found, similarities, threads=2)
    for i in range(120):
        pool = sorted({*near[i].tolist(), *near[near[i]].ravel().tolist()} - {i})
        order = np.argsort(-(few[pool] @ few[i]), kind="stable")[:4]
        assert np.allclose(similarities[i, 1:], (few[pool] @ few[i])[order], atol=1e-6)
        assert found[i, 0] == i


def test_lists_that_are_too_short_are_filled(rows):
    alone = np.arange(50)[:, None]
    found, similarities = descent.descend(rows[:50], alone, 9, threads=1)
    assert all(len({*line}) == 9 for line in found.tolist())
    assert np.isfinite(similarities).all()


def test_the_sample_tells_how_much_was_missed(rows):
    every = np.arange(len(rows))
    truth = nearest_neighbours(rows, K)
    assert sampled_recall(rows, every, every, truth) == 1
    half = (truth[0], truth[1].copy())
    half[1][:, K // 2 :] = -1
    assert sampled_recall(rows, every, every, half) == 0.5
    assert sampled_recall(rows, every[:0], every, (truth[0][:0], truth[1][:0])) == 1


def test_the_choice_is_exact_as_long_as_it_can_be_borne(monkeypatch):
    monkeypatch.setattr(choosing, "has_bf16", lambda: False)
    assert chosen_backend(100_000, 320, "cpu", 2)[0] == "exact"
    name, reason = chosen_backend(3_000_000, 320, "cpu", 2)
    assert name == "hnsw"
    assert "3,000,000 images" in reason
    assert "approximate" in reason
    assert chosen_backend(3_000_000, 320, "cuda", 2)[0] == "exact"
    monkeypatch.setattr(choosing, "find_spec", lambda _: None)
    name, reason = chosen_backend(3_000_000, 320, "cpu", 2)
    assert name == "exact"
    assert "vireid[approximate]" in reason
