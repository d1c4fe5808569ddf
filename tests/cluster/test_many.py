"""Each product used for both of its rows, in float32 and in bf16: the lists of a plain scan."""

import numpy as np
import pytest

from vireid.cluster import (
    Search,
    both_sides,
    low_precision,
    many,
    modal_neighbours,
    nearest_neighbours,
    normalise_rows,
)  # fmt: skip
from vireid.cluster.margin import rounded_margins


def random_rows(count, size=16, people=12, seed=0):
    """Return rows about centres, some of them equal."""
    generator = np.random.default_rng(seed)
    rows = generator.normal(size=(people, size))[generator.integers(0, people, count)]
    rows += 0.4 * generator.normal(size=(count, size))
    rows[::9] = rows[0]
    return normalise_rows(rows)


@pytest.fixture(params=["float32", "bf16"])
def precision(request, monkeypatch):
    """Multiply in either, whatever the processor has."""
    if request.param == "bf16":
        pytest.importorskip("torch", reason="torch multiplies in bf16")
    monkeypatch.setattr(both_sides, "has_bf16", lambda: request.param == "bf16")
    return request.param


def both(monkeypatch, search):
    """Return what a search finds with many rows' way, and without."""
    found = []
    for least in (1, 10**9):
        monkeypatch.setattr(many, "LEAST", least)
        found.append(search())
    return found


def same(one, other):
    assert np.array_equal(one[0], other[0])
    assert np.array_equal(one[1], other[1])


@pytest.mark.parametrize("part", [(0, 1), (1, 3)])
@pytest.mark.parametrize(
    ("count", "k", "block"), [(1, 3, 4), (60, 9, 7), (301, 5, 64), (300, 40, 77)]
)
@pytest.mark.usefixtures("precision")
def test_neighbours_are_those_of_a_plain_scan(monkeypatch, count, k, block, part):
    rows = random_rows(count, seed=count)
    how = Search(block=block, part=part, threads=2)
    same(*both(monkeypatch, lambda: nearest_neighbours(rows, k, search=how)))


@pytest.mark.usefixtures("precision")
@pytest.mark.parametrize("part", [(0, 1), (2, 3)])
@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("infrared", [0.0, 0.3])
def test_so_are_those_within_and_across_modalities(monkeypatch, part, across, infrared):
    if across and not infrared:
        infrared = 0.9
    rows = random_rows(250)
    kind = (np.random.default_rng(1).random(250) < infrared).astype(int)
    how = Search(block=32, part=part)
    new, old = both(
        monkeypatch,
        lambda: modal_neighbours(rows, kind, k=12, own_k=9, across=across, search=how),
    )
    same(new[0], old[0])
    for one in old[1]:
        same(new[1][one], old[1][one])


@pytest.mark.usefixtures("precision")
def test_rows_with_too_many_candidates_are_left_to_the_plain_scan(monkeypatch):
    generator = np.random.default_rng(0)
    rows = normalise_rows(1 + 1e-4 * generator.normal(size=(400, 8)))
    lost = []
    whole = both_sides.both_sides
    monkeypatch.setattr(
        many,
        "both_sides",
        lambda *given: [lost.append(len(found[3])) or found for found in whole(*given)],
    )
    same(*both(monkeypatch, lambda: nearest_neighbours(rows, 3, search=Search(block=50))))
    assert lost[0] > 100


@pytest.mark.usefixtures("precision")
def test_progress_ends_at_all_rows(monkeypatch):
    monkeypatch.setattr(many, "LEAST", 1)
    calls = []
    how = Search(block=30, progress=lambda *call: calls.append(call))
    nearest_neighbours(random_rows(100), 3, search=how)
    assert calls[-1] == (100, 100)
    assert calls == sorted(calls)


def test_the_margin_covers_what_rounding_does():
    rows = random_rows(300, size=512, seed=3)
    order = np.random.default_rng(0).permutation(300)
    short, errors = low_precision.shortened(rows, order)
    exact, low = rows[order].astype(np.float64), short.double().numpy()
    assert np.allclose(errors, np.linalg.norm(exact - low, axis=1))
    assert errors.max() > 0
    off = np.abs(exact @ exact.T - low @ low.T).max(axis=1)
    margins = rounded_margins(errors, 512)
    assert (2 * off <= margins).all()
    assert margins.max() < 0.02, "else too many would be ranked"


def test_products_in_bf16_are_rounded_once():
    short = low_precision.shortened(random_rows(40, 96), np.arange(40))[0]
    out = np.empty((40, 30), np.float32)
    low_precision.multiply_short(short, short[:30], out)
    exact = short.double().numpy() @ short[:30].double().numpy().T
    assert (np.abs(out - exact) <= np.abs(exact) * 2.0**-8 + 1e-6).all()
    assert low_precision._adds_up_in_float32()


@pytest.mark.parametrize("found", ["flags : sse2 avx2", "flags : fpu amx_bf16"])
def test_bf16_needs_a_processor_and_a_torch_that_adds_up_in_float32(monkeypatch, found):
    monkeypatch.setattr("pathlib.Path.read_text", lambda *_, **__: found)
    assert low_precision.has_bf16.__wrapped__() == ("amx" in found)

    def sloppy(left, right, out):
        out[:] = (left[:, :512] @ right[:, :512].T).float().numpy()

    monkeypatch.setattr(low_precision, "multiply_short", sloppy)
    assert not low_precision.has_bf16.__wrapped__()


def test_a_processor_that_says_nothing_multiplies_in_float32(monkeypatch):
    def unreadable(*_, **__):
        raise OSError

    monkeypatch.setattr("pathlib.Path.read_text", unreadable)
    assert not low_precision.has_bf16.__wrapped__()


def test_products_that_are_no_numbers_are_made_again_in_float32(monkeypatch):
    pytest.importorskip("torch", reason="torch multiplies in bf16")
    monkeypatch.setattr(both_sides, "has_bf16", lambda: True)
    plain, spoilt = both_sides.multiply_short, []

    def broken(left, right, out):
        plain(left, right, out)
        if len(spoilt) % 2 == 0:
            out[-1, 0] = np.nan if len(spoilt) % 4 else np.inf
        spoilt.append(1)

    monkeypatch.setattr(both_sides, "multiply_short", broken)
    rows = random_rows(301)
    same(*both(monkeypatch, lambda: nearest_neighbours(rows, 5, search=Search(block=50))))
    assert len(spoilt) > 10
