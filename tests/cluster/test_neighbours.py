"""Nearest neighbours: exact against a full sort, approximate against exact."""

import numpy as np
import pytest

from vireid.cluster import Search, modal_neighbours, nearest_neighbours, normalise_rows
from vireid.cluster.candidates import dot
from vireid.errors import ConfigError, DataError


def random_rows(count: int, seed: int = 0, size: int = 16) -> np.ndarray:
    return normalise_rows(np.random.default_rng(seed).normal(size=(count, size)))


@pytest.mark.parametrize("count", [1, 2, 7, 65, 200])
@pytest.mark.parametrize("k", [1, 2, 9, 64])
@pytest.mark.parametrize("block", [1, 7, 1024])
def test_neighbours_equal_a_full_sort(count: int, k: int, block: int) -> None:
    rows = random_rows(count, seed=count)
    indices, similarities = nearest_neighbours(rows, k, search=Search(block=block))
    products = rows.astype(np.float64) @ rows.T.astype(np.float64)
    np.fill_diagonal(products, 2)
    expected = np.argsort(-products, axis=1)[:, :k]
    assert (indices.dtype, similarities.dtype) == (np.int64, np.float32)
    assert np.array_equal(indices, expected)
    np.fill_diagonal(products, 1)
    assert np.allclose(similarities, np.take_along_axis(products, expected, 1), atol=1e-6)


def test_duplicates_tie_in_the_order_of_their_indices_behind_the_sample_itself() -> None:
    rows = np.repeat(random_rows(5, size=384), 30, axis=0)  # rows 0..29 equal, 30..59 equal, ...
    indices, similarities = nearest_neighbours(rows, 12, search=Search(block=37))
    for i, found in enumerate(indices):
        first = i // 30 * 30
        others = [j for j in range(first, first + 30) if j != i]
        assert found.tolist() == [i, *others[:11]]
    assert (similarities == similarities[:, :1]).all()


def test_similarities_do_not_depend_on_the_block_or_the_direction() -> None:
    rows = random_rows(90, size=100)
    indices, similarities = nearest_neighbours(rows, 90, search=Search(block=11))
    other_indices, other_similarities = nearest_neighbours(rows, 90, search=Search(block=90))
    assert np.array_equal(indices, other_indices)
    assert np.array_equal(similarities, other_similarities)
    square = np.empty((90, 90), np.float32)
    np.put_along_axis(square, indices, similarities, axis=1)
    assert np.array_equal(square, square.T)


def test_no_rows_have_no_neighbours() -> None:
    indices, similarities = nearest_neighbours(np.empty((0, 4)), 5)
    assert indices.shape == similarities.shape == (0, 0)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ConfigError, match="k is 0"):
        nearest_neighbours(random_rows(3), 0)
    with pytest.raises(ConfigError, match="block is 0"):
        nearest_neighbours(random_rows(3), 2, search=Search(block=0))
    with pytest.raises(DataError, match="unit length"):
        nearest_neighbours(2 * random_rows(3), 2)
    for options in ({"backend": "annoy"}, {"part": (2, 2)}, {"backend": "ivf", "device": "cuda"}):
        with pytest.raises(ConfigError):
            Search(**options)
    with pytest.raises(ConfigError, match="threads is 0"):
        nearest_neighbours(random_rows(3), 2, search=Search(threads=0))


@pytest.mark.parametrize("how", [{"threads": 3}, {"device": "cpu:0"}, {"part": (1, 3)}])
def test_what_is_found_depends_on_nothing_but_the_rows(how: dict) -> None:
    rows = np.concatenate([random_rows(60), random_rows(60), random_rows(37, seed=1)])  # with ties
    expected = nearest_neighbours(rows, 9, search=Search(threads=1))
    search = Search(block=16, **how)
    for found, whole in zip(nearest_neighbours(rows, 9, search=search), expected, strict=True):
        assert np.array_equal(found, whole[search.rows(len(rows))])


@pytest.mark.parametrize("infrared", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("part", [(0, 1), (1, 3)])
def test_one_search_finds_the_neighbours_of_all_three_sets(infrared: float, part) -> None:
    rows = np.concatenate([random_rows(40), random_rows(30), random_rows(40)])
    kind = (np.random.default_rng(1).random(110) < infrared).astype(int)
    search = Search(block=13, part=part)
    mixed, own = modal_neighbours(rows, kind, k=12, own_k=7, search=search)
    chosen = np.arange(110)[search.rows(110)]
    assert mixed is not None
    for found, whole in zip(mixed, nearest_neighbours(rows, 12), strict=True):
        assert np.array_equal(found, whole[chosen])
    for one in (0, 1):
        side = np.flatnonzero(kind == one)
        alone = nearest_neighbours(rows[side], 7)
        asked = np.isin(side, chosen)
        for found, whole in zip(own[one], alone, strict=True):
            assert np.array_equal(found, whole[asked])
    assert modal_neighbours(rows, kind, k=None, own_k=7, search=search)[0] is None
    assert modal_neighbours(rows, kind, k=12, own_k=None, search=search)[1] == {}


@pytest.mark.parametrize("infrared", [0.0, 0.05, 0.4, 1.0])
@pytest.mark.parametrize("how", [{}, {"part": (1, 3)}, {"block": 7}])
def test_neighbours_of_the_other_modality_are_those_of_a_slow_search(infrared, how) -> None:
    rows = np.concatenate([random_rows(40), random_rows(30), random_rows(40)])  # with ties
    kind = (np.random.default_rng(2).random(110) < infrared).astype(int)
    search = Search(**how)
    none, found = modal_neighbours(rows, kind, k=None, own_k=7, across=True, search=search)
    assert none is None
    chosen = np.arange(110)[search.rows(110)]
    for one in (0, 1):
        others = np.flatnonzero(kind != one)
        indices, similarities = found[one]
        mine = [i for i in chosen if kind[i] == one]
        assert indices.shape == similarities.shape == (len(mine), min(7, len(others)))
        for row, i in enumerate(mine):
            values = np.array([dot(rows[i], rows[j]) for j in others], dtype=np.float32)
            order = np.argsort(-values, kind="stable")[:7]
            assert indices[row].tolist() == order.tolist()
            assert similarities[row].tolist() == values[order].tolist()


def test_progress_reaches_the_end() -> None:
    calls: list[tuple[int, int]] = []
    search = Search(block=4, progress=lambda done, total: calls.append((done, total)))
    nearest_neighbours(random_rows(10), 2, search=search)
    assert calls == [(4, 10), (8, 10), (10, 10)]


def test_the_approximate_search_finds_nearly_all_neighbours_of_clustered_rows() -> None:
    pytest.importorskip("faiss", reason="faiss is not installed")
    generator = np.random.default_rng(0)
    people = np.repeat(generator.normal(size=(300, 24)), 20, axis=0)
    rows = normalise_rows(people + 0.4 * generator.normal(size=people.shape))
    exact, similarities = nearest_neighbours(rows, 10)
    found, approximate = nearest_neighbours(rows, 10, backend="ivf")
    recall = (found[:, :, None] == exact[:, None]).any(axis=2).mean()
    assert 0.95 < recall <= 1
    assert (found[:, 0] == np.arange(len(rows))).all()
    same = (found == exact).all(axis=1)
    assert np.array_equal(approximate[same], similarities[same])


@pytest.mark.parametrize("count", [1, 5, 70])
def test_the_approximate_search_of_few_rows_is_exact(count: int) -> None:
    pytest.importorskip("faiss", reason="faiss is not installed")
    rows = random_rows(count)
    assert np.array_equal(
        nearest_neighbours(rows, 9, backend="ivf")[0], nearest_neighbours(rows, 9)[0]
    )


def test_a_missing_faiss_names_the_way_out(monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "faiss", None)
    with pytest.raises(ConfigError, match=r"pip install 'vireid\[approximate\]'"):
        nearest_neighbours(random_rows(3), 2, backend="ivf")
