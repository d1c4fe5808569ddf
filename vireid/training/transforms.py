"""Augmentation of whole batches on any device, every random number from the given generator."""

from typing import Literal

import torch
from torch import Tensor

from vireid.config import AugmentationConfig

GREY = (0.2989, 0.5870, 0.1140)
"""Weights of red, green and blue in luminance (ITU-R BT.601)."""


View = Literal["visible", "exchanged", "infrared"]
"""How images go in: visible ones as they are or with exchanged channels, or infrared ones."""


def augment(
    pixels: Tensor, config: AugmentationConfig, generator: torch.Generator, *, view: View
) -> Tensor:
    """Return a randomly changed copy of each image.

    Args:
        pixels: [B, 3, H, W] uint8.
        config: which changes, and how strong.
        generator: source of all randomness, on the CPU.
        view: ``exchanged`` also copies one channel (or grey) over all three, as MMM does to bring
            visible images near infrared ones; ``infrared`` does so with most images where the
            settings want it.

    Returns:
        [B, 3, H, W] float32 in [0, 1], on the device of the pixels.
    """
    images = crop_and_flip(pixels, config.padding, config.flip, generator)
    images = change_exposure(images, config.exposure, generator)
    if view == "exchanged":
        images = exchange_channels(images, generator, grey=config.exchange_grey)
    if view == "infrared" and config.infrared_exchange:
        images = exchange_most_channels(images, generator)
    return erase(images, config.erasing, generator)


def crop_and_flip(pixels: Tensor, padding: int, flip: float, generator: torch.Generator) -> Tensor:
    """Shift each image by up to the padding, repeating its border, and mirror some.

    Args:
        pixels: [B, 3, H, W].
        padding: largest shift in pixels, in each direction.
        flip: probability of mirroring left and right.
        generator: source of all randomness, on the CPU.

    Returns:
        [B, 3, H, W], same type.
    """
    size, _, height, width = pixels.shape
    shift = torch.randint(-padding, padding + 1, (2, size, 1), generator=generator)
    mirrored = torch.rand(size, 1, generator=generator) < flip
    rows = (torch.arange(height) + shift[0]).clamp(0, height - 1)
    columns = (torch.arange(width) + shift[1]).clamp(0, width - 1)
    columns = torch.where(mirrored, columns.flip(1), columns)
    sample = torch.arange(size)[:, None, None]
    chosen = pixels.permute(0, 2, 3, 1)[sample, rows[:, :, None], columns[:, None, :]]
    return chosen.permute(0, 3, 1, 2)


def change_exposure(pixels: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    """Multiply each image by a random gain and raise it to a random power.

    Args:
        pixels: [B, 3, H, W] uint8.
        strength: largest relative change of the gain; gamma lies in exp(-strength..strength).
        generator: source of all randomness, on the CPU.

    Returns:
        [B, 3, H, W] float32 in [0, 1].
    """
    gain, gamma = (torch.rand(2, len(pixels), 1, generator=generator) * 2 - 1) * strength
    levels = torch.linspace(0, 1, 256)
    table: Tensor = (levels ** gamma.exp() * (1 + gain)).clamp(0, 1).to(pixels.device)
    return table.gather(1, pixels.flatten(1).long()).view(pixels.shape)


def exchange_channels(images: Tensor, generator: torch.Generator, *, grey: bool) -> Tensor:
    """Copy one random channel of each image, or its luminance, over all three.

    Args:
        images: [B, 3, H, W].
        generator: source of all randomness, on the CPU.
        grey: let luminance be a fourth choice.

    Returns:
        [B, 3, H, W] with three equal channels.
    """
    choice = torch.randint(0, 4 if grey else 3, (len(images),), generator=generator)
    return _one_channel(images, choice)


def exchange_most_channels(images: Tensor, generator: torch.Generator) -> Tensor:
    """Copy a random channel over all three in 3 of 4 images, the luminance in 1 of 8.

    Source: Ye et al., Channel Augmented Joint Learning for Visible-Infrared Recognition
    (adaptive grey).

    Args:
        images: [B, 3, H, W].
        generator: source of all randomness, on the CPU.

    Returns:
        [B, 3, H, W]; the other images stay as they are.
    """
    choice = torch.randint(0, 8, (len(images),), generator=generator)
    stays = (choice == 7)[:, None, None, None].to(images.device)
    return torch.where(stays, images, _one_channel(images, (choice // 2).clamp(max=3)))


def _one_channel(images: Tensor, choice: Tensor) -> Tensor:
    """Copy channel 0, 1, 2 or the luminance (3) over all three."""
    mix = torch.cat([torch.eye(3), torch.tensor([GREY])])[choice].to(images)
    return torch.einsum("bchw,bc->bhw", images, mix)[:, None].expand_as(images)


def erase(images: Tensor, probability: float, generator: torch.Generator) -> Tensor:
    """Fill a random rectangle of some images with that image's mean colour.

    The area is 2% to 40% of the image and the aspect ratio 0.3 to 3.3 (Zhong et al. 2020).

    Args:
        images: [B, 3, H, W].
        probability: share of the images changed.
        generator: source of all randomness, on the CPU.

    Returns:
        [B, 3, H, W].
    """
    size, _, height, width = images.shape
    draw = torch.rand(5, size, 1, generator=generator)
    aspect = torch.exp((draw[1] * 2 - 1) * torch.tensor(1 / 0.3).log())
    tall, wide = rectangle_sides(0.02 + 0.38 * draw[0], aspect, height, width)
    tall, wide = tall.clamp(1, height), wide.clamp(1, width)
    top, left = draw[2] * (height - tall), draw[3] * (width - wide)
    tall = torch.where(draw[4] < probability, tall, 0)
    rectangles = torch.cat([top, left, tall, wide], dim=1)
    return fill_rectangles(images, rectangles, images.mean(dim=(2, 3)))


def rectangle_sides(area: Tensor, aspect: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Return the sides of rectangles by their area and aspect ratio.

    Args:
        area: [...] shares of the image's area.
        aspect: [...] height over width.
        height: of the image in pixels.
        width: of the image in pixels.

    Returns:
        Heights and widths [...] in pixels, not rounded; they may exceed the image's.
    """
    pixels = area * height * width
    return (pixels * aspect).sqrt(), (pixels / aspect).sqrt()


def fill_rectangles(images: Tensor, rectangles: Tensor, colour: Tensor) -> Tensor:
    """Fill one rectangle of each image.

    Args:
        images: [B, 3, H, W].
        rectangles: [B, 4] top, left, height and width in pixels, on the CPU; a pixel is filled
            where its number lies inside, none where the height is 0.
        colour: [B, 3] or [3] on the images' device.

    Returns:
        [B, 3, H, W].
    """
    top, left, tall, wide = rectangles.unsqueeze(2).unbind(1)
    y, x = torch.arange(images.shape[2]), torch.arange(images.shape[3])
    rows = (y >= top) & (y < top + tall)
    columns = (x >= left) & (x < left + wide)
    inside = (rows[:, :, None] & columns[:, None, :])[:, None].to(images.device)
    return torch.where(inside, colour[..., None, None], images)
