"""The random numbers of an augmentation, drawn on the host before any pixel is touched."""

from dataclasses import dataclass, fields
from typing import Literal

import torch
from torch import Tensor

from vireid.config import AugmentationConfig

GREY = (0.2989, 0.5870, 0.1140)
"""Weights of red, green and blue in luminance (ITU-R BT.601)."""

View = Literal["visible", "exchanged", "infrared"]
"""How images go in: visible ones as they are or with exchanged channels, or infrared ones."""


@dataclass(frozen=True)
class Draws:
    """What is done to each of B images; arrays of the host or, once sent, of a device."""

    shift: Tensor
    """[B, 2] int64 pixels down and right."""
    mirrored: Tensor
    """[B] bool."""
    levels: Tensor
    """[B, 256] float32 what each of the 256 levels becomes, in [0, 1]."""
    rectangles: Tensor
    """[B, 4] top, left, height and width of what is erased, in pixels; none where height is 0."""
    mix: Tensor | None = None
    """[B, 3] weights of red, green and blue in the one channel that is copied over all three."""
    stays: Tensor | None = None
    """[B] bool, True where the channels stay as they are all the same."""

    def arrays(self) -> dict[str, Tensor]:
        """Return what there is of it, by name."""
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in named if value is not None}


def draw(
    size: tuple[int, int, int],
    config: AugmentationConfig,
    generator: torch.Generator,
    *,
    view: View,
    rows: Tensor | None = None,
) -> Draws:
    """Draw what is done to B images.

    Args:
        size: B, height and width.
        config: which changes, and how strong.
        generator: source of all randomness, on the CPU; it moves the same whatever rows are
            wanted.
        view: ``exchanged`` also copies one channel (or grey) over all three, as MMM does to bring
            visible images near infrared ones; ``infrared`` does so with most images where the
            settings want it.
        rows: [b] of which of the B images draws are wanted; all where not given.

    Returns:
        The draws, on the CPU.
    """
    count, height, width = size
    own = slice(None) if rows is None else rows
    shift, mirrored = draw_shifts(count, config.padding, config.flip, generator)
    exposure = draw_exposure(count, config.exposure, generator)
    mix = stays = None
    if view == "exchanged":
        mix = draw_channels(count, generator, grey=config.exchange_grey)[own]
    if view == "infrared" and config.infrared_exchange:
        mix, stays = (part[own] for part in draw_most_channels(count, generator))
    rectangles = draw_rectangles((count, height, width), config.erasing, generator)
    levels = exposed_levels(exposure[own])
    return Draws(shift[own], mirrored[own], levels, rectangles[own], mix, stays)


def draw_shifts(
    count: int, padding: int, flip: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Draw how far each image is shifted, and whether it is mirrored.

    Args:
        count: B images.
        padding: largest shift in pixels, in each direction.
        flip: probability of mirroring left and right.
        generator: source of all randomness.

    Returns:
        Shifts [B, 2] int64, and [B] bool.
    """
    shift = torch.randint(-padding, padding + 1, (2, count, 1), generator=generator)
    mirrored = torch.rand(count, 1, generator=generator) < flip
    return shift[..., 0].T.contiguous(), mirrored[:, 0]


def draw_exposure(count: int, strength: float, generator: torch.Generator) -> Tensor:
    """Draw a gain and a power for each image.

    Args:
        count: B images.
        strength: largest relative change of the gain; gamma lies in exp(-strength..strength).
        generator: source of all randomness.

    Returns:
        [B, 2] changes of the gain and logarithms of gamma.
    """
    drawn = (torch.rand(2, count, 1, generator=generator) * 2 - 1) * strength
    return drawn[..., 0].T.contiguous()


def exposed_levels(exposure: Tensor) -> Tensor:
    """Return what each of the 256 levels becomes.

    Args:
        exposure: [B, 2] of ``draw_exposure``.

    Returns:
        [B, 256] float32 in [0, 1].
    """
    gain, gamma = exposure[:, :1], exposure[:, 1:]
    table: Tensor = (torch.linspace(0, 1, 256) ** gamma.exp() * (1 + gain)).clamp(0, 1)
    return table


def draw_channels(count: int, generator: torch.Generator, *, grey: bool) -> Tensor:
    """Draw one channel of each image, or its luminance.

    Args:
        count: B images.
        generator: source of all randomness.
        grey: let luminance be a fourth choice.

    Returns:
        [B, 3] weights of the channels.
    """
    return _mixes(torch.randint(0, 4 if grey else 3, (count,), generator=generator))


def draw_most_channels(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draw a channel in 3 of 4 images and the luminance in 1 of 8; the others stay.

    Source: Ye et al., Channel Augmented Joint Learning for Visible-Infrared Recognition
    (adaptive grey).

    Args:
        count: B images.
        generator: source of all randomness.

    Returns:
        [B, 3] weights of the channels, and [B] bool, True where an image stays as it is.
    """
    choice = torch.randint(0, 8, (count,), generator=generator)
    return _mixes((choice // 2).clamp(max=3)), choice == 7


def _mixes(choice: Tensor) -> Tensor:
    """Return the weights [B, 3] of channel 0, 1, 2 or of the luminance (3)."""
    return torch.cat([torch.eye(3), torch.tensor([GREY])])[choice]


def draw_rectangles(
    size: tuple[int, int, int], probability: float, generator: torch.Generator
) -> Tensor:
    """Draw a rectangle in some images.

    The area is 2% to 40% of the image and the aspect ratio 0.3 to 3.3 (Zhong et al. 2020).

    Args:
        size: B images, their height and width.
        probability: share of the images that get one.
        generator: source of all randomness.

    Returns:
        [B, 4] top, left, height and width in pixels, not rounded; height 0 for none.
    """
    count, height, width = size
    numbers = torch.rand(5, count, 1, generator=generator)
    aspect = torch.exp((numbers[1] * 2 - 1) * torch.tensor(1 / 0.3).log())
    tall, wide = rectangle_sides(0.02 + 0.38 * numbers[0], aspect, height, width)
    tall, wide = tall.clamp(1, height), wide.clamp(1, width)
    top, left = numbers[2] * (height - tall), numbers[3] * (width - wide)
    tall = torch.where(numbers[4] < probability, tall, 0)
    return torch.cat([top, left, tall, wide], dim=1)


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
