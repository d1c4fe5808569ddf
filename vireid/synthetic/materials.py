"""Materials: what they look like in visible light, and how they reflect infrared light."""

import colorsys
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Colour = tuple[float, float, float]


class Material(IntEnum):
    """Everything on a person that has a colour of its own."""

    SKIN = 0
    LIPS = 1
    EYE = 2
    HAIR = 3
    TOP = 4
    TOP_SECOND = 5
    LOGO = 6
    INNER = 7
    BOTTOM = 8
    BOTTOM_SECOND = 9
    BELT = 10
    SOCK = 11
    SHOE = 12
    SOLE = 13
    HAT = 14
    HAT_SECOND = 15
    SCARF = 16
    BACKPACK = 17
    BACKPACK_SECOND = 18
    STRAP = 19
    """The straps of the backpack, which are seen from the front too."""
    BAG = 20
    BAG_STRAP = 21


PATTERN_PAIRS = (
    (Material.TOP, Material.TOP_SECOND),
    (Material.TOP, Material.LOGO),
    (Material.BOTTOM, Material.BOTTOM_SECOND),
    (Material.HAT, Material.HAT_SECOND),
    (Material.BACKPACK, Material.BACKPACK_SECOND),
)
"""Materials whose contrast is lost in infrared when both carry dyes of one kind."""

_SKIN = ((0.95, 0.79, 0.69), (0.89, 0.70, 0.56), (0.76, 0.56, 0.42), (0.55, 0.38, 0.28),
         (0.38, 0.26, 0.20))  # fmt: skip
_HAIR = ((0.09, 0.08, 0.08), (0.17, 0.11, 0.08), (0.33, 0.21, 0.13), (0.48, 0.25, 0.12),
         (0.80, 0.64, 0.36), (0.62, 0.61, 0.60), (0.86, 0.85, 0.83))  # fmt: skip
_HAIR_SHARE = (0.34, 0.24, 0.16, 0.07, 0.1, 0.06, 0.03)
_HUES = (0.0, 0.04, 0.09, 0.14, 0.25, 0.36, 0.46, 0.52, 0.58, 0.64, 0.74, 0.84, 0.93)


def _hsv(hue: float, saturation: float, value: float) -> Colour:
    return colorsys.hsv_to_rgb(hue % 1.0, min(max(saturation, 0.0), 1.0), min(max(value, 0.0), 1.0))


def garment_colour(rng: np.random.Generator, kind: str = "any") -> Colour:
    """Draw a believable colour of a garment.

    Args:
        rng: source of randomness.
        kind: "any", "bottom" (more denim and dark cloth), "shoe" or "bag".

    Returns:
        Red, green, blue in [0, 1], as displayed.
    """
    shares = {
        "any": (0.30, 0.30, 0.06, 0.34),
        "bottom": (0.36, 0.24, 0.26, 0.14),
        "shoe": (0.60, 0.20, 0.0, 0.20),
        "bag": (0.36, 0.30, 0.04, 0.30),
    }[kind]
    family = rng.choice(4, p=shares)
    hue = float(rng.choice(_HUES) + rng.normal(0.0, 0.012))
    if family == 0:
        value = float(rng.choice((0.10, 0.16, 0.3, 0.5, 0.72, 0.93)) + rng.normal(0.0, 0.03))
        return _hsv(hue, 0.05, value)
    if family == 1:
        return _hsv(hue, rng.uniform(0.22, 0.5), rng.uniform(0.28, 0.78))
    if family == 2:
        return _hsv(0.6 + rng.normal(0.0, 0.012), rng.uniform(0.3, 0.62), rng.uniform(0.25, 0.68))
    return _hsv(hue, rng.uniform(0.68, 0.92), rng.uniform(0.55, 0.92))


def contrasting(rng: np.random.Generator, other: Colour, kind: str = "any") -> Colour:
    """Draw a garment colour that differs visibly from another.

    Args:
        rng: source of randomness.
        other: the colour to differ from.
        kind: as in ``garment_colour``.

    Returns:
        Red, green, blue in [0, 1]; the most different of several draws if none is enough.
    """
    best, farthest = other, -1.0
    for _ in range(8):
        colour = garment_colour(rng, kind)
        difference = float(np.abs(np.subtract(colour, other)).max())
        if difference > farthest:
            best, farthest = colour, difference
        if difference > 0.4:
            break
    return best


def visible_colours(rng: np.random.Generator) -> Array:
    """Draw the visible colour of every material of one person.

    Args:
        rng: source of randomness.

    Returns:
        [M, 3] red, green, blue in [0, 1], as displayed.
    """
    colours = np.zeros((len(Material), 3))
    skin = np.array(_SKIN[rng.choice(5, p=(0.27, 0.27, 0.2, 0.16, 0.1))])
    colours[Material.SKIN] = skin + rng.normal(0.0, 0.02, 3)
    colours[Material.LIPS] = skin * (0.86, 0.58, 0.58)
    colours[Material.EYE] = 0.35 * skin
    colours[Material.HAIR] = np.array(_HAIR[rng.choice(7, p=_HAIR_SHARE)]) + rng.normal(0, 0.02, 3)
    top = garment_colour(rng)
    colours[Material.TOP] = top
    colours[Material.TOP_SECOND] = contrasting(rng, top)
    colours[Material.LOGO] = contrasting(rng, top)
    colours[Material.INNER] = contrasting(rng, top)
    bottom = contrasting(rng, top, "bottom")
    colours[Material.BOTTOM] = bottom
    colours[Material.BOTTOM_SECOND] = contrasting(rng, bottom)
    colours[Material.BELT] = garment_colour(rng, "shoe")
    colours[Material.SOCK] = garment_colour(rng)
    shoe = garment_colour(rng, "shoe")
    colours[Material.SHOE] = shoe
    colours[Material.SOLE] = (0.9, 0.9, 0.88) if rng.random() < 0.5 else np.multiply(shoe, 0.6)
    colours[Material.HAT] = hat = contrasting(rng, top)
    colours[Material.HAT_SECOND] = contrasting(rng, hat)
    colours[Material.SCARF] = contrasting(rng, top)
    backpack = contrasting(rng, top, "bag")
    colours[Material.BACKPACK] = backpack
    colours[Material.BACKPACK_SECOND] = contrasting(rng, backpack)
    colours[Material.STRAP] = np.multiply(backpack, 0.8)
    colours[Material.BAG] = contrasting(rng, bottom, "bag")
    colours[Material.BAG_STRAP] = colours[Material.BAG] * 0.75
    return np.clip(colours, 0.03, 0.97)


def infrared_reflectances(
    rng: np.random.Generator, visible: Array, correlation: float, vanishing: float
) -> Array:
    """Draw how every material of one person reflects near-infrared light.

    Args:
        rng: source of randomness; the numbers drawn do not depend on the visible colours.
        visible: [M, 3] visible colours in [0, 1].
        correlation: share of the materials that follow their red-weighted brightness.
        vanishing: share of the patterns that lose their contrast.

    Returns:
        [M] reflectances in [0, 1], as displayed.
    """
    count = len(Material)
    follows = rng.random(count) < correlation
    free = rng.uniform(0.12, 0.95, count)
    noise = rng.normal(0.0, 0.07, count)
    brightness = visible @ np.array((0.6, 0.28, 0.12))
    infrared = np.where(follows, 0.16 + 0.76 * brightness + noise, free)
    infrared[Material.SKIN] = 0.80 + 0.3 * noise[Material.SKIN]
    infrared[Material.LIPS] = 0.72
    infrared[Material.EYE] = 0.3
    infrared[Material.HAIR] = 0.18 + 0.5 * free[Material.HAIR]
    for (base, second), draw in zip(PATTERN_PAIRS, rng.random(len(PATTERN_PAIRS)), strict=True):
        if draw < vanishing:
            infrared[second] = infrared[base] + 0.3 * noise[second]
    infrared[Material.STRAP] = 0.85 * infrared[Material.BACKPACK]
    infrared[Material.BAG_STRAP] = 0.8 * infrared[Material.BAG]
    return np.clip(infrared, 0.05, 0.97)
