"""The thermal look: how warm every material of a person shines, whatever its colour."""

from collections.abc import Mapping

import numpy as np

from vireid.synthetic.materials import Array, Material

COLDEST, WARMEST = 13.0, 35.5
"""Temperatures in degrees Celsius shown as black and as white."""

_TOP = {
    "t-shirt": 29.5, "shirt": 28.3, "hoodie": 26.0, "jacket": 24.4, "open jacket": 24.6,
    "coat": 22.8, "vest": 24.8, "tank top": 30.3,
}  # fmt: skip
"""Outside of a top: the thicker the cloth, the nearer to the air."""
_BOTTOM = {
    "trousers": 27.2, "wide trousers": 25.6, "shorts": 27.6, "skirt": 26.2, "long skirt": 25.0,
    "leggings": 29.3,
}  # fmt: skip
_OTHERS = {
    Material.SKIN: (33.2, 0.5), Material.LIPS: (33.6, 0.1), Material.EYE: (33.4, 0.1),
    Material.HAIR: (26.3, 1.3), Material.INNER: (28.2, 0.8), Material.BELT: (25.0, 1.0),
    Material.SOCK: (27.5, 0.9), Material.SHOE: (22.8, 1.1), Material.SOLE: (20.8, 0.6),
    Material.HAT: (23.8, 1.2), Material.SCARF: (25.2, 0.9), Material.BACKPACK: (20.6, 0.9),
    Material.STRAP: (22.6, 0.6), Material.BAG: (19.6, 0.9), Material.BAG_STRAP: (22.4, 0.6),
}  # fmt: skip
"""Mean and standard deviation over people."""
_PRINTED = {
    Material.TOP_SECOND: (Material.TOP, 0.0, 0.35),
    Material.LOGO: (Material.TOP, -0.9, 0.4),
    Material.BOTTOM_SECOND: (Material.BOTTOM, 0.0, 0.3),
    Material.HAT_SECOND: (Material.HAT, 0.0, 0.3),
    Material.BACKPACK_SECOND: (Material.BACKPACK, 0.0, 0.3),
}
"""Dyes are nearly as warm as the cloth they are on; a printed film keeps heat back."""


def warmth(rng: np.random.Generator, clothes: Mapping[str, object]) -> Array:
    """Draw how warm every material of one person shines.

    Args:
        rng: source of randomness.
        clothes: the kinds of ``top`` and ``bottom``, as a person has them.

    Returns:
        [M] levels in [0, 1], as displayed; independent of all colours.
    """
    celsius = np.zeros(len(Material))
    noise = rng.standard_normal(len(Material))
    celsius[Material.TOP] = _TOP[str(clothes["top"])] + 1.1 * noise[Material.TOP]
    celsius[Material.BOTTOM] = _BOTTOM[str(clothes["bottom"])] + 1.0 * noise[Material.BOTTOM]
    for material, (mean, spread) in _OTHERS.items():
        celsius[material] = mean + spread * noise[material]
    for material, (base, shift, spread) in _PRINTED.items():
        celsius[material] = celsius[base] + shift + spread * noise[material]
    return np.clip((celsius - COLDEST) / (WARMEST - COLDEST), 0.05, 0.97)
