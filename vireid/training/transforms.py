"""Augmentation of whole batches on any device, by random numbers that were drawn before."""

import torch
from torch import Tensor

from vireid.training.draws import Draws


def augment(pixels: Tensor, draws: Draws) -> Tensor:
    """Return a changed copy of each image.

    Args:
        pixels: [B, 3, H, W] uint8.
        draws: what is done to each of them, on the same device.

    Returns:
        [B, 3, H, W] float32 in [0, 1].
    """
    images = crop_and_flip(pixels, draws.shift, draws.mirrored)
    images = change_exposure(images, draws.levels)
    if draws.mix is not None:
        images = exchange_channels(images, draws.mix, draws.stays)
    return fill_rectangles(images, draws.rectangles, images.mean(dim=(2, 3)))


def crop_and_flip(pixels: Tensor, shift: Tensor, mirrored: Tensor) -> Tensor:
    """Shift each image, repeating its border, and mirror some.

    Args:
        pixels: [B, 3, H, W].
        shift: [B, 2] pixels down and right.
        mirrored: [B] bool, which are mirrored left and right.

    Returns:
        [B, 3, H, W], same type.
    """
    count, _, height, width = pixels.shape
    device = pixels.device
    rows = (torch.arange(height, device=device) + shift[:, :1]).clamp(0, height - 1)
    columns = (torch.arange(width, device=device) + shift[:, 1:]).clamp(0, width - 1)
    columns = torch.where(mirrored[:, None], columns.flip(1), columns)
    sample = torch.arange(count, device=device)[:, None, None]
    chosen = pixels.permute(0, 2, 3, 1)[sample, rows[:, :, None], columns[:, None, :]]
    return chosen.permute(0, 3, 1, 2)


def change_exposure(pixels: Tensor, levels: Tensor) -> Tensor:
    """Replace the levels of each image.

    Args:
        pixels: [B, 3, H, W] uint8.
        levels: [B, 256] float32 what each level becomes.

    Returns:
        [B, 3, H, W] float32.
    """
    return levels.gather(1, pixels.flatten(1).long()).view(pixels.shape)


def exchange_channels(images: Tensor, mix: Tensor, stays: Tensor | None = None) -> Tensor:
    """Copy one channel of each image, or a mixture of them, over all three.

    Args:
        images: [B, 3, H, W].
        mix: [B, 3] weights of the channels.
        stays: [B] bool, True for images that stay as they are; none where not given.

    Returns:
        [B, 3, H, W] with three equal channels where an image does not stay.
    """
    one = torch.einsum("bchw,bc->bhw", images, mix.to(images.dtype))[:, None].expand_as(images)
    return one if stays is None else torch.where(stays[:, None, None, None], images, one)


def fill_rectangles(images: Tensor, rectangles: Tensor, colour: Tensor) -> Tensor:
    """Fill one rectangle of each image.

    Args:
        images: [B, 3, H, W].
        rectangles: [B, 4] top, left, height and width in pixels; a pixel is filled where its
            number lies inside, none where the height is 0.
        colour: [B, 3] or [3].

    Returns:
        [B, 3, H, W].
    """
    device = images.device
    top, left, tall, wide = rectangles.unsqueeze(2).unbind(1)
    y, x = (torch.arange(size, device=device) for size in images.shape[2:])
    rows = (y >= top) & (y < top + tall)
    columns = (x >= left) & (x < left + wide)
    inside = (rows[:, :, None] & columns[:, None, :])[:, None]
    return torch.where(inside, colour[..., None, None], images)
