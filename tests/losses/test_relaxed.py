"""Relaxed contrast."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.losses import relaxed


def naive(rows):
    """Pair by pair in double precision, as the formula says."""
    rows, values = [np.asarray(row, dtype=float) for row in rows], []
    for i, row in enumerate(rows):
        distances = [math.sqrt(((row - other) ** 2).sum()) for other in rows]
        mean, total = sum(distances) / len(rows), 0.0
        for j, distance in enumerate(distances):
            if j != i and mean > 0:
                weight, scaled = math.exp(-(distance**2)), distance / mean
                total += weight * scaled**2 + (1 - weight) * max(0.0, 1 - scaled) ** 2
        values.append(total / (len(rows) - 1))
    return values


def example(count, size, length, seed=0):
    generator = torch.Generator().manual_seed(seed)
    groups = torch.randn(1 + count // 3, size, generator=generator)
    rows = groups[torch.randint(len(groups), (count,), generator=generator)]
    noise = torch.randn(count, size, generator=generator)
    return length * functional.normalize(rows + 0.6 * noise)


@pytest.mark.parametrize("length", [0.3, 1.0, 5.0])
@pytest.mark.parametrize(("count", "size"), [(2, 3), (7, 4), (30, 12), (45, 64)])
def test_equals_the_sum_pair_by_pair(count, size, length):
    rows = example(count, size, length)
    np.testing.assert_allclose(relaxed(rows), naive(rows.tolist()), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("length", [1.0, 5.0])
@pytest.mark.parametrize("count", [3, 12])
def test_the_gradient_is_that_of_small_steps_with_fixed_weights(count, length):
    rows = example(count, 4, length).double().requires_grad_()
    squares = (rows.detach()[:, None] - rows.detach()[None]).square().sum(2)
    weight = (-squares).exp()

    def loss(given):
        distance = torch.tensor(
            [[math.dist(a, b) for b in given.tolist()] for a in given.tolist()], dtype=torch.double
        )
        scaled = distance / distance.mean(1, keepdim=True)
        pairs = weight * scaled**2 + (1 - weight) * (1 - scaled).clamp(min=0) ** 2
        pairs.fill_diagonal_(0)
        return pairs.sum() / (count * (count - 1))

    relaxed(rows).mean().backward()
    step, before = 1e-6, rows.detach()
    for i in range(count):
        for j in range(4):
            up, down = before.clone(), before.clone()
            up[i, j] += step
            down[i, j] -= step
            slope = (loss(up) - loss(down)).item() / (2 * step)
            assert rows.grad[i, j].item() == pytest.approx(slope, abs=1e-7)


CASES = ("unit", "unit_large", "neck", "wide", "twin")


@pytest.mark.parametrize("case", CASES)
def test_golden_loss_and_gradient(golden, case):
    arrays = golden("rpnr_relaxed")
    rows = torch.from_numpy(arrays[f"{case}_embeddings"]).requires_grad_()
    loss, expected = relaxed(rows).mean(), arrays[f"{case}_grad"]
    loss.backward()
    assert loss.item() == pytest.approx(float(arrays[f"{case}_loss"]), 1e-5, 1e-5)
    np.testing.assert_allclose(rows.grad, expected, atol=1e-6 + 1e-3 * np.abs(expected).max())


def test_equal_rows_give_nothing_where_the_released_code_gives_no_number(golden):
    arrays = golden("rpnr_relaxed")
    assert np.isnan(arrays["same_loss"])
    rows = torch.from_numpy(arrays["same_embeddings"]).requires_grad_()
    values = relaxed(rows)
    values.mean().backward()
    assert values.tolist() == [0.0] * len(rows)
    np.testing.assert_array_equal(rows.grad, arrays["same_grad"])


@pytest.mark.parametrize("length", [1e-3, 1.0, 45.0])
@pytest.mark.parametrize("count", [1, 2, 6, 30])
def test_equal_rows_of_any_length_give_zero_and_no_gradient(count, length):
    rows = example(1, 33, length).repeat(count, 1).requires_grad_()
    values = relaxed(rows)
    values.sum().backward()
    assert values.tolist() == [0.0] * count
    assert not rows.grad.any()


def test_no_rows_have_no_values():
    rows = torch.zeros(0, 4, requires_grad=True)
    values = relaxed(rows)
    values.sum().backward()
    assert values.shape == (0,)


def test_two_equal_rows_among_others_are_finite():
    rows = example(8, 5, 1.0)
    rows[3] = rows[6]
    rows.requires_grad_()
    values = relaxed(rows)
    values.sum().backward()
    np.testing.assert_allclose(values.detach(), naive(rows.tolist()), rtol=1e-4, atol=1e-6)
    assert rows.grad.isfinite().all()


@pytest.mark.parametrize("seed", range(3))
def test_groups_draw_together_at_unit_length_and_apart_at_the_length_of_a_neck(seed):
    generator = torch.Generator().manual_seed(seed)
    group = torch.arange(24) // 4
    middle, common = torch.randn(6, 64, generator=generator), torch.randn(64, generator=generator)
    noise = functional.normalize(torch.randn(24, 64, generator=generator))
    start = functional.normalize(functional.normalize(middle + 0.8 * common)[group] + noise)
    same = group[:, None] == group[None]

    def inside(rows):
        """Return the mean distance in a group, as a share of that between groups."""
        away = (rows[:, None] - rows[None]).norm(dim=2)
        return (away[same].mean() / away[~same].mean()).item()

    def after(length):
        rows = start
        for _ in range(60):
            given = (length * rows).requires_grad_()
            relaxed(given).mean().backward()
            rows = functional.normalize(rows - 0.02 * given.grad / given.grad.norm())
        return inside(rows)

    assert after(1.0) < inside(start) - 0.005
    assert after(45.0) > inside(start) + 0.05


def test_as_released_on_a_neck_almost_nothing_is_left(golden):
    rows = torch.from_numpy(golden("rpnr_relaxed")["neck_embeddings"])
    off = ~torch.eye(len(rows), dtype=torch.bool)
    assert (-(torch.cdist(rows, rows)[off] ** 2)).exp().max() < 1e-8
    assert relaxed(functional.normalize(rows)).mean() > 10 * relaxed(rows).mean()
