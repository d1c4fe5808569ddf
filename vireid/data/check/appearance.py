"""Pictures that do not look as their modality or camera says: colour, contrast, brightness.

The bounds were chosen on drawn people (`vireid synth`, all layouts, seeds 100 and 101): visible
pictures differ from a tint by 2.5 to 43 grey levels, infrared ones by 0, and grey ones with
noise of 6 levels in each channel by up to 2.4; channels differ by 6 to 45; the contrast is 11 to
71,
the mean brightness 52 to 160, and an infrared picture's middle is brighter than its border in 92 of
100 pictures and more.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from vireid.data.check.cameras import CameraLook
from vireid.errors import number_of, some
from vireid.types import Modality

COLOURED = 6.0
"""Grey levels by which the channels of a picture differ from a tint, from which it has colours.
Near infrared with a cast of one colour stays far below."""
TINTED = 40.0
"""Grey levels by which the channels differ from each other, from which it has, tint or not."""
GREY = 2.5
"""Grey levels by which they differ from a tint, up to which a picture has no colours."""
MOST = 0.5
"""From this share of its pictures on, something is said of a whole modality."""
SEVERAL = 0.1
"""From this share of its pictures on, something is said of a camera, if they are `FEW` at least."""
FEW = 3
"""The fewest pictures of a camera that something is said of."""
FLAT = 4.0
"""Contrast in grey levels up to which a picture is nearly flat."""
DARK, BRIGHT = 15.0, 240.0
"""Mean grey levels up to which a picture is very dark, and from which it is very bright."""
ENOUGH = 20
"""Pictures of a camera from which its polarity is judged."""
APART = 10.0
"""Grey levels by which the middle has to differ from the border to tell."""
AGREE = 0.85
"""Share of the pictures of a camera that have to agree on it."""

Mask = NDArray[np.bool_]
Share = tuple[CameraLook, int]
"""A camera, and how many of its pictures are so."""


def look_warnings(looks: Sequence[CameraLook]) -> Iterator[str]:
    """Yield what is odd in how pictures look.

    Args:
        looks: of all cameras.

    Yields:
        One line for each kind, with cameras and numbers.
    """
    yield from _colours(looks)
    for words, odd in (
        (
            "nearly flat (contrast up to 4 grey levels of 255), so that hardly anything is seen",
            _flat,
        ),
        ("very dark (mean up to 15 of 255)", _dark),
        ("very bright (mean from 240 of 255)", _bright),
    ):
        found = _having(looks, odd)
        if found:
            total = sum(count for _, count in found)
            yield f"{number_of(total, 'image')} {words}: {_shares(found)}"
    yield from _polarity(looks)


def _colours(looks: Sequence[CameraLook]) -> Iterator[str]:
    """Compare the colours of both modalities with what they should be."""
    infrared = [look for look in looks if look.modality == Modality.INFRARED]
    visible = [look for look in looks if look.modality == Modality.VISIBLE]
    coloured, grey = _having(infrared, _coloured), _having(visible, _grey)
    most_coloured, most_grey = _most(coloured, infrared), _most(grey, visible)
    if most_coloured and most_grey:
        yield (
            f"infrared images have colours and visible ones none: the modalities seem to be "
            f"exchanged ({_shares(coloured)} have colours; {_shares(grey)} have none)"
        )
        return
    if coloured:
        yield (
            f"infrared images have colours, as false colours or visible images have: "
            f"{_shares(coloured)}; take the grey levels that the camera gave"
            + ("; both modalities look alike" if most_coloured and visible else "")
        )
    if grey:
        yield (
            f"visible images have no colours, as infrared ones or grey copies have none: "
            f"{_shares(grey)}" + ("; both modalities look alike" if most_grey and infrared else "")
        )


def _having(looks: Sequence[CameraLook], odd: Callable[[CameraLook], Mask]) -> list[Share]:
    """Return the cameras of which several pictures are so, or all where most of all are."""
    counts = [(look, int(odd(look).sum())) for look in looks]
    if _most(counts, looks):
        return [(look, count) for look, count in counts if count]
    return [(look, n) for look, n in counts if n >= max(FEW, SEVERAL * len(look))]


def _coloured(look: CameraLook) -> Mask:
    return (look.seen.hues >= COLOURED) | (look.seen.colour >= TINTED)


def _grey(look: CameraLook) -> Mask:
    return look.seen.hues <= GREY


def _most(found: Sequence[Share], looks: Sequence[CameraLook]) -> bool:
    """Tell whether most pictures of a modality are so."""
    total = sum(map(len, looks))
    return bool(total) and sum(count for _, count in found) > MOST * total


def _shares(found: Sequence[Share]) -> str:
    """Name cameras with the number of their pictures that are so; the unnamed of a modality too."""
    parts = []
    for look, count in found:
        share = "all" if count == len(look) else f"{count:,} of"
        images = f"{share} {number_of(len(look), f'{look.modality.name.lower()} image')}"
        parts.append(images + (f" of camera {look.name}" if look.camera else ""))
    more = len(parts) - 5
    return ", ".join(parts[:5]) + (f" and {more} more cameras" if more > 0 else "")


def _flat(look: CameraLook) -> Mask:
    return look.seen.contrast <= FLAT


def _dark(look: CameraLook) -> Mask:
    return (look.seen.brightness <= DARK) & (look.seen.contrast > FLAT)


def _bright(look: CameraLook) -> Mask:
    return (look.seen.brightness >= BRIGHT) & (look.seen.contrast > FLAT)


def _polarity(looks: Sequence[CameraLook]) -> Iterator[str]:
    """Tell infrared cameras apart in which people are brighter and darker than what is around."""
    sides: dict[int, list[str]] = {1: [], -1: []}
    for look in looks:
        if look.modality == Modality.INFRARED and len(look) >= ENOUGH:
            for sign, names in sides.items():
                if np.mean(sign * look.seen.centre >= APART) >= AGREE:
                    names.append(look.name)
    if sides[1] and sides[-1]:
        yield (
            "infrared cameras may be of opposite polarity: people are brighter than what is around "
            f"them in camera {some(sides[1])}, and darker in camera {some(sides[-1])}; turn "
            "one kind round if warm is white in one and black in the other (--levels HIGH:LOW)"
        )
