"""The search on a device finds what the CPU finds, whatever precision the device multiplies in."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from tests.low_precision import PRECISIONS, LowPrecision, Precision, cut_sums, exactly
from vireid.cluster import Held, Search, modal_neighbours, nearest_neighbours, normalise_rows
from vireid.cluster import neighbours as neighbours_module
from vireid.cluster import scan as scan_module
from vireid.cluster.candidates import dot
from vireid.cluster.device import pieces_on_device, products, within
from vireid.cluster.margin import cpu_margin, device_margin

DEVICE = Search(device="cpu:0", block=50)


def scenes() -> Iterator[tuple[str, np.ndarray]]:
    """Yield rows by name, from easy to nasty."""
    draws = np.random.default_rng(0)
    people = np.repeat(draws.normal(size=(12, 64)), 15, axis=0)
    yield "spread", draws.normal(size=(150, 32))
    yield "clustered", people + 0.3 * draws.normal(size=people.shape)
    yield "positive", np.abs(draws.normal(size=(140, 200)))
    yield "nearly equal", 1 + 1e-4 * draws.normal(size=(260, 48))
    yield "nearer than the margin", 1 + 1e-6 * draws.normal(size=(260, 48))
    yield "duplicates", np.repeat(draws.normal(size=(4, 40)), 40, axis=0)
    yield "one column", np.sign(draws.normal(size=(90, 1)))
    yield "one row", np.ones((1, 8))
    yield "three rows", draws.normal(size=(3, 8))
    yield "few columns left", np.eye(5)[draws.integers(0, 5, 100)]


SCENES = {name: normalise_rows(rows) for name, rows in scenes()}


def oracle(rows: np.ndarray, k: int) -> np.ndarray:
    """Sort all rows by what decides; the row itself comes first."""
    square = np.array([[dot(one, other) for other in rows] for one in rows])
    np.fill_diagonal(square, 2)
    return np.argsort(-square, axis=1, kind="stable")[:, :k]


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("precision", PRECISIONS)
def test_no_precision_changes_a_neighbour(name: str, precision: Precision) -> None:
    rows = SCENES[name]
    for k in (1, 7, 500):
        expected = nearest_neighbours(rows, k)
        assert np.array_equal(expected[0], oracle(rows, k))
        with LowPrecision(precision) as mode:
            found = nearest_neighbours(rows, k, search=DEVICE)
        assert mode.count
        for one, other in zip(found, expected, strict=True):
            assert np.array_equal(one, other)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("k", [None, 6])
def test_no_precision_changes_a_neighbour_of_ones_own_modality(
    precision: Precision, k: int | None
) -> None:
    rows = np.concatenate([SCENES["nearly equal"], SCENES["nearer than the margin"]])
    kind = (np.arange(len(rows)) % 3 == 0).astype(int)
    expected = modal_neighbours(rows, kind, k=k, own_k=5, search=Search(part=(1, 2)))
    with LowPrecision(precision):
        how = Search(device="cpu:0", block=70, part=(1, 2))
        found = modal_neighbours(rows, kind, k=k, own_k=5, search=how)
    for one, other in zip(found[1].values(), expected[1].values(), strict=True):
        assert np.array_equal(one[0], other[0])
        assert np.array_equal(one[1], other[1])
    assert (found[0] is None) == (k is None)
    if found[0] is not None and expected[0] is not None:
        assert np.array_equal(found[0][0], expected[0][0])


def test_sums_that_a_tensor_core_cuts_change_no_neighbour() -> None:
    for name in ("clustered", "positive", "nearly equal"):
        rows = SCENES[name][:90]
        with LowPrecision("tf32 cut", cut_sums):
            found = nearest_neighbours(rows, 7, search=DEVICE)[0]
        assert np.array_equal(found, nearest_neighbours(rows, 7)[0])


def test_errors_as_large_as_the_margin_allows_change_no_neighbour() -> None:
    rows = SCENES["nearly equal"]
    allowed = device_margin(rows.shape[1]) / 2 / 2  # the other half is for what is left out
    draws = torch.Generator().manual_seed(0)

    def wrong(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        product = exactly(left, right)
        return product + (torch.rand(product.shape, generator=draws) - 0.5) * allowed

    with LowPrecision("float32", wrong):
        found = nearest_neighbours(rows, 7, search=DEVICE)[0]
    assert np.array_equal(found, nearest_neighbours(rows, 7)[0])


def test_without_its_margin_the_search_loses_neighbours(monkeypatch) -> None:
    rows = SCENES["nearly equal"]
    expected = nearest_neighbours(rows, 7)[0]
    monkeypatch.setattr(scan_module, "device_margin", lambda _: 0.0)
    with LowPrecision("bf16"):
        found = nearest_neighbours(rows, 7, search=DEVICE)[0]
    assert not np.array_equal(found, expected)


def test_rows_that_are_not_split_lose_neighbours(monkeypatch) -> None:
    rows = SCENES["clustered"]

    def whole(embeddings: np.ndarray, *_: object) -> torch.Tensor:
        return torch.from_numpy(np.hstack([embeddings, np.zeros_like(embeddings)]))

    monkeypatch.setattr(neighbours_module, "pieces_on_device", whole)
    for precision in ("float32", "bf16"):
        with LowPrecision(precision):
            found = nearest_neighbours(rows, 7, search=DEVICE)[0]
        assert np.array_equal(found, nearest_neighbours(rows, 7)[0]) == (precision == "float32")


@pytest.mark.parametrize("size", [1, 7, 300, 2048])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_products_lie_within_half_of_the_margin(size: int, precision: Precision) -> None:
    draws = np.random.default_rng(1)
    rows = 1.0009 * normalise_rows(0.1 + np.abs(draws.normal(size=(60, size))))
    rows = rows.astype(np.float32)
    similarities = np.array([[dot(one, other) for other in rows] for one in rows])
    exact = rows.astype(np.float64) @ rows.T.astype(np.float64)
    assert np.abs(similarities - exact).max() <= cpu_margin(size) / 4
    assert np.abs(rows @ rows.T - similarities).max() <= cpu_margin(size) / 2
    with LowPrecision(precision, cut_sums if size < 2048 else exactly):
        pieces = pieces_on_device(rows, rows, Search(device="cpu:0"))
        assert pieces is not None
        found = products(pieces[:20], pieces).numpy()
    assert np.abs(found - similarities[:20]).max() <= device_margin(size) / 2


def test_pieces_are_exact_in_bf16_and_leave_little() -> None:
    rows = SCENES["positive"]
    pieces = pieces_on_device(rows, rows, Search(device="cpu:0"))
    assert pieces is not None
    assert torch.equal(pieces.bfloat16().float(), pieces)
    first, second = pieces.double().numpy().reshape(len(rows), 2, -1).swapaxes(0, 1)
    assert (np.abs(rows - first) <= 2.0**-8 * np.abs(rows)).all()
    assert (np.abs(rows - first - second) <= 2.0**-16 * np.abs(rows)).all()


def test_a_query_with_more_candidates_than_proposed_is_left_undecided() -> None:
    values = np.array([[0.9, 0.8, 0.5], [0.9, 0.8, 0.75], [0.9, 0.4, 0.3]], dtype=np.float32)
    columns = np.array([[2, 1, 0], [2, 1, 0], [1, 2, 0]], dtype=np.int32)
    bounds, near, left = within((values, columns), 1, 6, 0.2)
    assert (bounds.tolist(), near.tolist(), left.tolist()) == ([0, 2, 2, 3], [1, 2, 1], [1])
    bounds, near, left = within((values, columns), 1, 3, 0.2)  # there are no more columns
    assert (bounds.tolist(), left.tolist()) == ([0, 2, 5, 6], [])
    assert near.tolist() == [1, 2, 0, 1, 2, 1]


def test_too_many_columns_for_a_bound_make_every_row_a_candidate() -> None:
    assert cpu_margin(2**24) == device_margin(2**22) == float("inf")
    assert cpu_margin(2048) == pytest.approx(4.9e-4, rel=0.01)
    assert device_margin(2048) == pytest.approx(1.34e-3, rel=0.01)


def test_rows_that_the_device_holds_are_not_copied_to_it(monkeypatch) -> None:
    rows = SCENES["clustered"]
    expected = nearest_neighbours(rows, 7)[0]
    held = Held(rows, torch.from_numpy(rows.copy()))
    monkeypatch.setattr(torch, "tensor", None)
    how = Search(device="cpu:0", held=held)
    assert np.array_equal(nearest_neighbours(rows, 7, search=how)[0], expected)


@pytest.mark.parametrize("wrong", ["array", "shape", "type"])
def test_rows_held_for_another_search_are_ignored(wrong: str) -> None:
    rows = SCENES["clustered"]
    other = torch.zeros(len(rows), rows.shape[1])
    held = {
        "array": Held(rows.copy(), other),
        "shape": Held(rows, other[:5]),
        "type": Held(rows, other.double()),
    }[wrong]
    how = Search(device="cpu:0", held=held)
    assert np.array_equal(
        nearest_neighbours(rows, 7, search=how)[0], nearest_neighbours(rows, 7)[0]
    )


def test_a_device_takes_large_blocks_that_fit() -> None:
    how = Search(device="cuda")
    assert (how.cpu_block(100), how.device_block(100)) == (1024, 8192)
    assert how.device_block(34_167) * 34_167 <= 2**27
    assert how.device_block(10**9) == 1
    assert how.device_block(0) == 8192
    assert Search(block=7).cpu_block(10**9) == Search(block=7).device_block(10**9) == 7
