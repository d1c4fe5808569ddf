"""Checks of an embedding matrix."""

import numpy as np
import pytest

from vireid.cluster import directions, finite_rows, normalise_rows, unit_rows
from vireid.errors import DataError


@pytest.mark.parametrize("bad", [np.zeros(3), np.zeros((2, 2), int), np.zeros((1, 2, 3))])
def test_wrong_shape_or_type_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(DataError, match="expected floating"):
        finite_rows(bad)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("check", [finite_rows, unit_rows, normalise_rows])
def test_values_that_are_not_finite_are_refused(check, value: float) -> None:
    rows = np.eye(3)
    rows[1, 2] = value
    with pytest.raises(DataError, match="NaN or infinite"):
        check(rows)


def test_rows_that_are_not_of_unit_length_are_named() -> None:
    rows = np.eye(3)
    rows[2] *= 1.01
    with pytest.raises(DataError, match=r"row 2 .* norm 1\.01"):
        unit_rows(rows)


def test_half_precision_counts_as_of_unit_length() -> None:
    rows = normalise_rows(np.random.default_rng(0).normal(size=(20, 50)))
    assert unit_rows(rows.astype(np.float16)).dtype == np.float32


def test_what_fits_is_not_copied() -> None:
    rows = np.eye(3, dtype=np.float32)
    found = unit_rows(rows)
    assert np.shares_memory(found, rows)
    assert rows.flags.writeable
    assert not found.flags.writeable


def test_layout_does_not_matter() -> None:
    rows = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    spread = np.zeros((12, 8), np.float32)
    spread[::2, ::2] = rows
    found = finite_rows(spread[::2, ::2])
    assert found.flags.c_contiguous
    assert np.array_equal(found, rows)


def test_zero_rows_have_no_direction() -> None:
    with pytest.raises(DataError, match="row 1 is zero"):
        normalise_rows(np.array([[1.0, 0.0], [0.0, 0.0]]))


def test_directions_are_exact_and_name_the_row_that_has_none() -> None:
    rows = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    expected = [row.astype(float) / sum(float(x) ** 2 for x in row) ** 0.5 for row in rows]
    assert directions(rows) == pytest.approx(np.array(expected), abs=1e-15)
    with pytest.raises(DataError, match="centre 1 is zero and has no direction"):
        directions(np.diag([1.0, 0.0]), "centre")


def test_normalising_keeps_the_direction() -> None:
    rows = np.random.default_rng(0).normal(size=(6, 4))
    found = normalise_rows(rows)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert np.allclose(found * np.linalg.norm(rows, axis=1)[:, None], rows, atol=1e-6)


@pytest.mark.parametrize(
    ("scale", "dtype"),
    [(1e300, "f8"), (1e-300, "f8"), (1e30, "f4"), (1e-30, "f4"), (1e-40, "f4"), (6e4, "f2")],
)
def test_rows_of_any_length_keep_their_direction_without_a_warning(scale, dtype):
    rows = np.array([[0.6, 0.8, 0], [-0.28, 0, 0.96]])
    found = normalise_rows((rows * scale).astype(dtype))
    assert np.abs(found - rows).max() < (1e-6 if scale > 1e-35 and dtype != "f2" else 1e-3)


def test_a_long_row_does_not_change_the_others():
    rows = np.random.default_rng(0).normal(size=(6, 40)).astype(np.float32)
    expected = normalise_rows(rows)
    rows[2] *= 1e30
    assert np.array_equal(np.delete(normalise_rows(rows), 2, 0), np.delete(expected, 2, 0))


def test_values_beyond_float32_are_named():
    with pytest.raises(DataError, match="beyond 3e38; normalise the rows"):
        finite_rows(np.eye(3) * 1e300)
    with pytest.raises(DataError, match="norm inf"):
        unit_rows(np.eye(3, dtype=np.float32) * np.float32(1e30))
