"""More cameras than SYSU-MM01 has, or fewer: the six, and others drawn from the seed."""

from collections.abc import Sequence
from functools import lru_cache
from typing import get_args

from vireid.errors import ConfigError
from vireid.seeds import generator
from vireid.synthetic.rig import RIGS, Layout, Mount, Rig, Scene
from vireid.types import SYSU_CAMERAS, Modality

SIX = (4, 2)
"""How many visible and how many infrared cameras SYSU-MM01 has."""
MOST = 50
"""The largest number of cameras of a modality."""


def check_cameras(cameras: Sequence[int], layout: Layout) -> tuple[int, int]:
    """Refuse numbers of cameras that a layout cannot have.

    Args:
        cameras: how many visible and how many infrared ones.
        layout: the layout of the data set.

    Returns:
        The two numbers.

    Raises:
        ConfigError: if they are not two whole numbers in their range, or not those of a layout
            whose cameras are fixed.
    """
    given = tuple(cameras)
    whole = all(isinstance(count, int) and 1 <= count <= MOST for count in given)
    if len(given) != len(Modality) or not whole:
        raise ConfigError(
            f"cameras is {given}; expected the number of visible and that of infrared ones, 1 to "
            f"{MOST} each"
        )
    if given != SIX and layout != "manifest":
        raise ConfigError(
            f"cameras is {given}; the layout {layout} has cameras of its own: leave cameras out, "
            "or choose the layout manifest"
        )
    return given[0], given[1]


@lru_cache(maxsize=16)
def rig_of(seed: int, cameras: tuple[int, int]) -> Rig:
    """Return so many cameras: those of SYSU-MM01 first, then such as the seed gives.

    A camera keeps its number and its looks, whatever the number of the others.

    Args:
        seed: the data set's seed.
        cameras: how many visible and how many infrared ones, at least 1 of each.

    Returns:
        The cameras by number: 1 to 6 are SYSU-MM01's, 7, 9, 11 ... visible, 8, 10, 12 ...
        infrared. People walk past all of them.

    >>> [mount.number for mount in rig_of(0, (6, 3)).mounts]
    [1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    mounts: list[Mount] = []
    for kind, count in zip(Modality, cameras, strict=True):
        known = [mount for mount in RIGS["sysu"].mounts if mount.modality == kind]
        numbers = (len(SYSU_CAMERAS) + 1 + int(kind) + 2 * k for k in range(count - len(known)))
        mounts += [*known, *(_drawn(seed, kind, number) for number in numbers)][:count]
    mounts.sort(key=lambda mount: mount.number)
    return Rig(tuple(mounts), dict(zip(Modality, cameras, strict=True)))


def _drawn(seed: int, kind: Modality, number: int) -> Mount:
    """Draw a camera that is as unlike the six as they are unlike each other."""
    rng = generator(seed, "mount", number)
    visible = kind == Modality.VISIBLE
    scenes: tuple[Scene, ...] = get_args(Scene)
    return Mount(
        number=number,
        band="visible" if visible else "near infrared",
        scene=scenes[rng.integers(len(scenes))],
        elevation=rng.uniform(0.06, 0.32),
        exposure=rng.uniform(0.9, 1.2) if visible else rng.uniform(1.25, 1.4),
        blur=rng.uniform(0.45, 0.8),
        noise=rng.uniform(0.01, 0.022),
        cast=tuple(rng.uniform(0.88, 1.14, 3).tolist()) if visible else (1.0, 1.0, 1.0),
        haze=rng.uniform(0.0, 0.02),
        base_yaw=rng.uniform(-1.0, 1.0),
    )
