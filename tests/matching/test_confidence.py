"""Trust in pseudo-labels."""

import warnings

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.matching import label_confidence, low_loss_posterior, scale_losses


@pytest.mark.parametrize("case", ["sep", "mix", "mostly_clean"])
def test_confidences_equal_the_released_codes(golden, case: str) -> None:
    arrays = golden("confidence")
    views = [scale_losses(arrays[f"{case}_losses_{view}"]) for view in ("vis1", "vis2")]
    for side, scaled in (
        ("vis", np.concatenate(views)),
        ("ir", scale_losses(arrays[f"{case}_losses_ir"])),
    ):
        assert np.abs(scaled - arrays[f"{case}_norm_{side}"]).max() < 1e-6
        expected = arrays[f"{case}_conf_{side}"]
        assert np.abs(low_loss_posterior(scaled, seed=0) - expected).max() < 1e-4
        if case != "mix":  # there the start decides
            found = label_confidence(scaled, generator=np.random.default_rng(7))
            assert np.abs(found - expected).max() < 1e-4


def test_low_losses_are_trusted_and_high_ones_are_not() -> None:
    generator = np.random.default_rng(0)
    losses = np.concatenate([generator.normal(1, 0.2, 200), generator.normal(5, 0.5, 50)])
    trust = label_confidence(losses, generator=generator)
    assert trust.dtype == np.float32
    assert trust[:200].min() > 0.9
    assert trust[200:].max() < 0.1


def test_scale_and_offset_of_the_losses_do_not_matter() -> None:
    losses = np.random.default_rng(0).gamma(2, size=80)
    one = label_confidence(losses, generator=np.random.default_rng(0))
    other = label_confidence(8 * losses + 4, generator=np.random.default_rng(0))
    assert np.abs(one - other).max() < 1e-3


def test_the_same_generator_gives_the_same_and_the_input_stays() -> None:
    losses = np.random.default_rng(0).gamma(2, size=80)
    before = losses.copy()
    one, other = (label_confidence(losses, generator=np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one, other)
    assert np.array_equal(losses, before)


@pytest.mark.parametrize("losses", [[], [2.0], [3.0] * 9])
def test_losses_that_tell_nothing_trust_all_and_warn(losses: list[float]) -> None:
    with pytest.warns(UserWarning, match="all labels are trusted"):
        trust = label_confidence(np.array(losses), generator=np.random.default_rng(0))
    assert trust.tolist() == [1.0] * len(losses)


def test_two_different_losses_are_enough() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trust = label_confidence(np.array([1.0, 2.0]), generator=np.random.default_rng(0))
    assert trust[0] > 0.99
    assert trust[1] < 0.01


def test_wrong_losses_are_refused() -> None:
    for value in (np.nan, np.inf):
        with pytest.raises(DataError, match="NaN or infinite"):
            label_confidence(np.array([1.0, value]), generator=np.random.default_rng(0))
    with pytest.raises(DataError, match="shape"):
        scale_losses(np.ones((2, 2)))
