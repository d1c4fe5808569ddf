"""Augmentation of whole batches on any device, every random number from the given generator."""

import torch
from torch import Tensor

from vireid.config import AugmentationConfig

GREY = (0.2989, 0.5870, 0.1140)
"""Weights of red, green and blue in luminance (ITU-R BT.601)."""


def augment(
    pixels: Tensor, config: AugmentationConfig, generator: torch.Generator, *, exchange: bool
) -> Tensor:
    """Return a randomly changed copy of each image.

    Args:
        pixels: [B, 3, H, W] uint8.
        config: which changes, and how strong.
        generator: source of all randomness, on the CPU.
        exchange: also copy one channel (or grey) over all three, as MMM does to bring
            visible images near infrared ones.

    Returns:
        [B, 3, H, W] float32 in [0, 1], on the device of the pixels.
    """
    images = crop_and_flip(pixels, config.padding, config.flip, generator)
    images = change_exposure(images, config.exposure, generator)
    if exchange:
        images = exchange_channels(images, generator, grey=config.exchange_grey)
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
    area = (0.02 + 0.38 * draw[0]) * height * width
    aspect = torch.exp((draw[1] * 2 - 1) * torch.tensor(1 / 0.3).log())
    tall = (area * aspect).sqrt().clamp(1, height)
    wide = (area / aspect).sqrt().clamp(1, width)
    top, left = draw[2] * (height - tall), draw[3] * (width - wide)
    y, x = torch.arange(height), torch.arange(width)
    inside_rows = (y >= top) & (y < top + tall)
    inside_columns = (x >= left) & (x < left + wide)
    hit = inside_rows[:, :, None] & inside_columns[:, None, :] & (draw[4] < probability)[:, :, None]
    mean = images.mean(dim=(2, 3), keepdim=True)
    return torch.where(hit[:, None].to(images.device), mean, images)
