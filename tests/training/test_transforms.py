"""Augmentation against slow loops over single images."""

import math

import numpy as np
import pytest
import torch

from vireid.config import AugmentationConfig
from vireid.training import transforms
from vireid.training.draws import (
    GREY,
    draw,
    draw_channels,
    draw_exposure,
    draw_most_channels,
    draw_rectangles,
    draw_shifts,
    exposed_levels,
)

SIZE = (6, 3, 20, 11)


def crop_and_flip(pixels, padding, flip, stream):
    return transforms.crop_and_flip(pixels, *draw_shifts(len(pixels), padding, flip, stream))


def change_exposure(pixels, strength, stream):
    return transforms.change_exposure(
        pixels, exposed_levels(draw_exposure(len(pixels), strength, stream))
    )


def exchange_channels(given, stream, *, grey):
    return transforms.exchange_channels(given, draw_channels(len(given), stream, grey=grey))


def exchange_most_channels(given, stream):
    return transforms.exchange_channels(given, *draw_most_channels(len(given), stream))


def erase(given, probability, stream):
    size = (len(given), *given.shape[2:])
    rectangles = draw_rectangles(size, probability, stream)
    return transforms.fill_rectangles(given, rectangles, given.mean(dim=(2, 3)))


def augment(pixels, config, stream, *, view):
    size = (len(pixels), *pixels.shape[2:])
    return transforms.augment(pixels, draw(size, config, stream, view=view))


WORK = {
    "crop_and_flip": lambda x, g: crop_and_flip(x, 3, 0.5, g),
    "change_exposure": lambda x, g: change_exposure((x * 255).to(torch.uint8), 0.3, g),
    "exchange_channels": lambda x, g: exchange_channels(x, g, grey=True),
    "exchange_most_channels": lambda x, g: exchange_most_channels(x, g),
    "erase": lambda x, g: erase(x, 0.5, g),
    "augment": lambda x, g: augment(eight_bits(x), AugmentationConfig(), g, view="exchanged"),
}


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def eight_bits(levels):
    return (levels * 255).to(torch.uint8)


def images(count=SIZE[0], seed=0):
    return torch.rand((count, *SIZE[1:]), generator=generator(seed))


@pytest.mark.parametrize("name", WORK)
def test_the_generator_alone_decides_and_the_input_is_not_modified(name):
    given = images(32)
    copy = given.clone()
    torch.manual_seed(1)
    state = torch.get_rng_state()
    first = WORK[name](given, generator(5))
    torch.manual_seed(2)
    torch.rand(3)
    second, other = WORK[name](given, generator(5)), WORK[name](given, generator(6))
    assert torch.equal(given, copy)
    assert torch.equal(first, second)
    assert not torch.equal(first, other)
    torch.manual_seed(1)
    WORK[name](given, generator(5))
    assert torch.equal(torch.get_rng_state(), state), "the global generator moved"


@pytest.mark.parametrize("name", WORK)
@pytest.mark.parametrize("count", [0, 1])
def test_empty_and_single_batches(name, count):
    found = WORK[name](images(count), generator())
    assert found.shape == (count, *SIZE[1:])
    assert ((found >= 0) & (found <= 1)).all()


def shifted(image, down, right, mirrored):
    """Look up every pixel of one image [3, H, W] by itself, repeating the border."""
    image = image[:, :, ::-1] if mirrored else image
    _, height, width = image.shape
    result = np.empty_like(image)
    for y in range(height):
        for x in range(width):
            row, column = y + down, x + (-right if mirrored else right)
            result[:, y, x] = image[:, min(max(row, 0), height - 1), min(max(column, 0), width - 1)]
    return result


@pytest.mark.parametrize(("flip", "sides"), [(0.0, {False}), (1.0, {True}), (0.5, {False, True})])
def test_a_crop_is_a_shift_with_repeated_border(flip, sides):
    given = torch.arange(40 * 3 * 7 * 5).reshape(40, 3, 7, 5)
    found = crop_and_flip(given, 2, flip, generator()).numpy()
    seen = set()
    for before, after in zip(given.numpy(), found, strict=True):
        matches = {
            (down, right, mirrored)
            for down in range(-2, 3)
            for right in range(-2, 3)
            for mirrored in (False, True)
            if (shifted(before, down, right, mirrored) == after).all()
        }
        assert len(matches) == 1
        seen |= matches
    assert {mirrored for _, _, mirrored in seen} == sides
    assert {down for down, _, _ in seen} == {right for _, right, _ in seen} == set(range(-2, 3))


def test_without_padding_and_flip_nothing_moves():
    given = eight_bits(images())
    found = crop_and_flip(given, 0, 0.0, generator())
    assert found.dtype == torch.uint8
    assert torch.equal(found, given)


def test_exposure_is_one_gain_and_one_gamma_for_each_image():
    given = eight_bits(images() * 0.4 + 0.1)  # clear of the clamp
    found = change_exposure(given, 0.3, generator())
    assert found.dtype == torch.float32
    levels = (given.float() / 255).log().flatten(1)
    logs = torch.stack([levels, torch.ones_like(levels)], dim=2)
    lines = torch.linalg.lstsq(logs, found.log().flatten(1)[..., None]).solution[..., 0]
    gamma, gain = lines[:, 0], lines[:, 1].exp()
    torch.testing.assert_close(
        (logs @ lines[..., None])[..., 0].exp(), found.flatten(1), rtol=1e-4, atol=1e-5
    )
    assert (gain - 1).abs().max() <= 0.3 + 1e-4
    assert gamma.log().abs().max() <= 0.3 + 1e-4
    assert len(gain.round(decimals=3).unique()) == len(gamma.round(decimals=3).unique()) == 6


def test_exposure_stays_in_range_keeps_black_and_can_be_off():
    extremes = eight_bits(torch.cat([torch.zeros(8, 3, 4, 4), torch.ones(8, 3, 4, 4)]))
    found = change_exposure(extremes, 0.9, generator())
    assert ((found >= 0) & (found <= 1)).all()
    assert (found[:8] == 0).all()
    assert len(found[8:].unique()) > 1
    given = eight_bits(images())
    torch.testing.assert_close(
        change_exposure(given, 0.0, generator()), given / 255, atol=2e-6, rtol=0
    )


@pytest.mark.parametrize("grey", [False, True])
def test_exchange_gives_three_equal_channels_out_of_red_green_blue_or_grey(grey):
    given = images(200)
    found = exchange_channels(given, generator(), grey=grey)
    chosen = []
    for before, after in zip(given, found, strict=True):
        assert torch.equal(after[0], after[1])
        assert torch.equal(after[0], after[2])
        choices = [*before, sum(w * c for w, c in zip(GREY, before, strict=True))]
        chosen.append([i for i, c in enumerate(choices) if torch.allclose(c, after[0], atol=1e-6)])
        if chosen[-1][0] < 3:
            assert torch.equal(choices[chosen[-1][0]], after[0]), "a channel is copied exactly"
    counts = np.bincount([one for (one,) in chosen], minlength=4)
    assert (counts[:3] > 30).all()
    assert (counts[3] > 30) if grey else (counts[3] == 0)
    assert sum(GREY) == pytest.approx(1, abs=1e-3)


def test_erasing_fills_one_rectangle_with_the_mean_colour():
    given = torch.rand((400, 3, 40, 24), generator=generator())
    found = erase(given, 0.5, generator(1))
    shares, ratios = [], []
    for before, after in zip(given, found, strict=True):
        changed = (before != after).any(0)
        if not changed.any():
            continue
        rows, columns = changed.any(1).nonzero()[:, 0], changed.any(0).nonzero()[:, 0]
        top, left, bottom, right = rows[0], columns[0], rows[-1] + 1, columns[-1] + 1
        assert changed[top:bottom, left:right].all(), "the rectangle is filled"
        mean = before.mean(dim=(1, 2))[:, None, None].expand_as(after)
        torch.testing.assert_close(
            after[:, top:bottom, left:right], mean[:, top:bottom, left:right]
        )
        tall, wide = int(bottom - top), int(right - left)
        # whole pixels: each side differs by less than one from the drawn one
        assert (tall + 1) * (wide + 1) / 960 > 0.02
        assert (tall - 1) * (wide - 1) / 960 < 0.4
        if wide < 24 and tall < 40:  # no side was cut to the image
            assert (tall + 1) / (wide - 1 or 1) > 0.3
            assert (tall - 1) / (wide + 1) < 1 / 0.3
        shares.append(tall * wide / 960)
        ratios.append(math.log(tall / wide))
    assert 0.4 < len(shares) / 400 < 0.6
    assert min(shares) < 0.05 < 0.35 < max(shares)
    assert min(ratios) < -0.7 < 0.7 < max(ratios)


@pytest.mark.parametrize(("probability", "share"), [(0.0, 0.0), (1.0, 1.0)])
def test_the_probability_of_erasing(probability, share):
    given = images(50)
    found = erase(given, probability, generator())
    assert (found != given).flatten(1).any(1).float().mean() == share


@pytest.mark.parametrize("view", ["visible", "exchanged", "infrared"])
@pytest.mark.parametrize("wanted", [False, True])
def test_the_whole_augmentation_is_its_parts_in_turn(view, wanted):
    config = AugmentationConfig(padding=2, exposure=0.2, infrared_exchange=wanted)
    pixels = eight_bits(images())
    stream = generator(3)
    expected = crop_and_flip(pixels, 2, 0.5, stream)
    expected = change_exposure(expected, 0.2, stream)
    if view == "exchanged":
        expected = exchange_channels(expected, stream, grey=True)
    if view == "infrared" and wanted:
        expected = exchange_most_channels(expected, stream)
    expected = erase(expected, 0.5, stream)
    found = augment(pixels, config, generator(3), view=view)
    assert torch.equal(found, expected)
    assert found.dtype == torch.float32
    assert torch.equal(found[:, 0], found[:, 1]) is (view == "exchanged")


@pytest.mark.parametrize("view", ["visible", "exchanged", "infrared"])
def test_some_of_the_images_are_changed_as_among_all(view):
    config = AugmentationConfig(padding=2, exposure=0.2, infrared_exchange=True)
    pixels, some = eight_bits(images(9)), torch.tensor([7, 0, 3])
    size, streams = (9, *pixels.shape[2:]), (generator(3), generator(3))
    draws = draw(size, config, streams[0], view=view)
    own = draw(size, config, streams[1], view=view, rows=some)
    found = transforms.augment(pixels[some], own)
    assert torch.equal(found, transforms.augment(pixels, draws)[some])
    assert torch.equal(streams[0].get_state(), streams[1].get_state())
