"""Rows joined with those of their partners."""

import numpy as np
import pytest

from vireid.cluster import joined_rows, normalise_rows
from vireid.errors import DataError

CASES = ("more_vis", "more_ir", "noisy", "none", "ties", "few")


@pytest.mark.parametrize("case", CASES)
def test_joined_rows_are_those_of_the_released_code(golden, case) -> None:
    arrays = golden("adca_matching")
    visible, infrared = (arrays[f"{case}_memory_{side}"] for side in ("vis", "ir"))
    keep = float(arrays["keep"])
    found = joined_rows(visible, infrared, arrays[f"{case}_r2i"], keep)
    assert np.abs(found - arrays[f"{case}_memory_vis_after"]).max() < 1e-5
    with_themselves = np.where(arrays[f"{case}_i2r"] >= 0, np.arange(len(infrared)), -1)
    found = joined_rows(infrared, infrared, with_themselves, keep)
    assert np.abs(found - arrays[f"{case}_memory_ir_after"]).max() < 1e-5


@pytest.mark.parametrize("case", CASES)
def test_released_rows_are_too_short_and_infrared_ones_stay(golden, case) -> None:
    arrays = golden("adca_matching")
    visible, infrared = (arrays[f"{case}_memory_{side}"] for side in ("vis", "ir"))
    paired = arrays[f"{case}_r2i"] >= 0
    theirs = arrays[f"{case}_memory_vis_after"]
    lengths = np.linalg.norm(theirs, axis=1)
    assert (lengths[paired] < 1 + 1e-6).all()
    assert lengths[~paired] == pytest.approx(1, abs=1e-5)
    found = normalise_rows(joined_rows(visible, infrared, arrays[f"{case}_r2i"], 0.1))
    assert found * lengths[:, None] == pytest.approx(theirs, abs=1e-5), "the directions are those"
    assert np.abs(arrays[f"{case}_memory_ir_after"] - infrared).max() < 1e-5
    if paired.any():
        assert lengths.min() < 1 - 1e-3
        turned = joined_rows(infrared, visible, arrays[f"{case}_i2r"], 0.1)
        assert np.abs(turned - infrared).max() > 1e-2, "the paper joins both"


@pytest.mark.parametrize("shape", [(5, 3, 4), (3, 7, 2), (1, 1, 1), (2, 0, 3), (0, 2, 3)])
@pytest.mark.parametrize("keep", [0.0, 0.1, 0.5, 1.0])
def test_joined_rows_are_those_of_a_loop(shape, keep) -> None:
    count, others, width = shape
    generator = np.random.default_rng(count)
    rows, theirs = generator.normal(size=(count, width)), generator.normal(size=(others, width))
    partner = generator.integers(-1, others, count)
    before = rows.copy()
    found = joined_rows(rows, theirs, partner, keep)
    assert np.array_equal(rows, before)
    assert found.dtype == np.float32
    for i in range(count):
        row = rows[i]
        if partner[i] != -1:
            row = keep * rows[i] + (1 - keep) * theirs[partner[i]]
        assert found[i] == pytest.approx(row, abs=1e-6)


def test_wrong_arguments_are_refused() -> None:
    for others, partner, what in (
        (np.eye(3), [0, 1], "2 dimensions"),
        (np.eye(2), [0], "shape"),
        (np.eye(2), [0, 2], "-1..1"),
        (np.eye(2), [0, -2], "-1..1"),
    ):
        with pytest.raises(DataError, match=what):
            joined_rows(np.eye(2), others, np.array(partner), 0.1)
