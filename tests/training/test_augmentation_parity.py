"""Augmentation against the released code, whose images are already normalised."""

import numpy as np
import pytest
import torch

from vireid.training.draws import draw_channels, draw_most_channels, rectangle_sides
from vireid.training.transforms import exchange_channels, fill_rectangles

FILL = torch.tensor([0.4914, 0.4822, 0.4465])
"""The released code's colour of an erased rectangle; ours is the image's mean."""


def seeded():
    return torch.Generator().manual_seed(0)


def outcomes(found, expected):
    """Return the share of images that equal each of the expected ones; they must equal one."""
    equal = torch.stack([((found - one).abs() < 1e-6).flatten(1).all(1) for one in expected])
    assert equal.any(0).all(), "every image is one of the released code's"
    return [float(row.float().mean()) for row in equal]


@pytest.mark.parametrize("grey", [False, True])
def test_exchange_is_one_of_the_released_draws(golden, grey):
    arrays = golden("augment")
    images = torch.from_numpy(arrays["image"]).expand(400, -1, -1, -1)
    found = exchange_channels(images, draw_channels(len(images), seeded(), grey=grey))
    draws = torch.from_numpy(arrays["exchange"])[: 4 if grey else 3]
    shares = outcomes(found, draws)
    assert shares == pytest.approx([1 / len(draws)] * len(draws), abs=0.07)
    for draw in draws[:3]:
        same = ((found - draw).abs() < 1e-6).flatten(1).all(1)
        assert torch.equal(found[same], draw.expand_as(found[same])), "a channel is copied exactly"


def test_exchange_of_infrared_images_is_one_of_the_released_draws_as_often(golden):
    arrays = golden("augment")
    images = torch.from_numpy(arrays["image"]).expand(2000, -1, -1, -1)
    found = exchange_channels(images, *draw_most_channels(len(images), seeded()))
    shares = outcomes(found, torch.from_numpy(arrays["adapgray"]))
    assert shares == pytest.approx([1 / 4, 1 / 4, 1 / 4, 1 / 8, 1 / 8], abs=0.03)


def test_erased_rectangles(golden):
    arrays = golden("augment")
    rectangles = torch.from_numpy(arrays["erase_rect"])
    images = torch.from_numpy(arrays["image"]).expand(len(rectangles), -1, -1, -1)
    found = fill_rectangles(images, rectangles, FILL)
    assert torch.equal(found, torch.from_numpy(arrays["erase_out"]))


def test_sides_of_rectangles(golden):
    arrays = golden("augment")
    size = arrays["image"].shape[1:]
    area, aspect = (
        torch.from_numpy(arrays[f"erase_{name}"]) for name in ("area_fraction", "aspect")
    )
    sides = torch.stack(rectangle_sides(area, aspect, *size), dim=1)
    np.testing.assert_array_equal(sides.round(), arrays["erase_rect"][:, 2:])
    tall, wide = rectangle_sides(*torch.from_numpy(arrays["erase_reject_draw"]), *size)
    beyond = round(float(tall)) >= size[0] or round(float(wide)) >= size[1]
    assert beyond == bool(arrays["erase_reject"])


def test_exchange_after_erasing(golden):
    arrays = golden("augment")
    image = torch.from_numpy(arrays["image"])[None]
    erased = fill_rectangles(image, torch.from_numpy(arrays["erase_rect"])[1:2], FILL)
    many = erased.expand(60, -1, -1, -1)
    found = exchange_channels(many, draw_channels(len(many), seeded(), grey=False))
    shares = outcomes(found, torch.from_numpy(arrays["erase_then_exchange"]))
    assert min(shares) > 0.1
