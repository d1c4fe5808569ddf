"""Where the cameras of each layout hang and what they are like."""

from dataclasses import dataclass
from typing import Literal

from vireid.types import SYSU_CAMERAS, Modality

Layout = Literal["sysu", "regdb", "llcm", "manifest"]
"""How the files of a data set are arranged; it decides the cameras too."""
Band = Literal["visible", "near infrared", "thermal"]
"""The light a camera records."""
Scene = Literal["wall", "tiles", "street", "foliage", "corridor", "yard"]

_NEAR_INFRARED = 10


@dataclass(frozen=True)
class Mount:
    """One camera: its place and its lens."""

    number: int
    """What tells it from the other cameras of the rig."""
    band: Band
    scene: Scene
    elevation: float
    """How far it looks down, radians."""
    exposure: float
    blur: float
    """Standard deviation in pixels of an image of 128x64."""
    noise: float
    """Standard deviation as a share of white, as displayed."""
    cast: tuple[float, ...] = (1.0, 1.0, 1.0)
    """Factors on red, green and blue."""
    haze: float = 0.0
    """Light added everywhere, as a share of white."""
    base_yaw: float | None = None
    """How far people are turned from it, radians; None where the settings say it."""
    twin: int | None = None
    """A camera beside it that sees the same walks."""
    shown: int | None = None
    """The camera number that files state; its own where nothing is said."""

    @property
    def modality(self) -> Modality:
        """The modality of its images."""
        return Modality.VISIBLE if self.band == "visible" else Modality.INFRARED

    @property
    def file_number(self) -> int:
        """The camera number that files state."""
        return self.number if self.shown is None else self.shown


@dataclass(frozen=True)
class Rig:
    """All cameras of a layout."""

    mounts: tuple[Mount, ...]
    """The cameras in the order in which files are written."""
    seen_by: dict[Modality, int]
    """How many cameras of each modality a person walks past."""

    def mount(self, number: int) -> Mount:
        """Return a camera.

        Args:
            number: its number.

        Returns:
            The camera.
        """
        return next(mount for mount in self.mounts if mount.number == number)


_SYSU_LOOKS: tuple[tuple[Scene, float, float, float, float, float, tuple[float, ...]], ...] = (
    ("wall", 0.16, 1.08, 0.5, 0.012, 0.01, (1.06, 1.0, 0.92)),
    ("tiles", 0.26, 0.92, 0.65, 0.018, 0.015, (0.90, 0.98, 1.14)),
    ("corridor", 0.1, 1.35, 0.6, 0.018, 0.01, (1.0, 1.0, 1.0)),
    ("foliage", 0.06, 1.2, 0.45, 0.010, 0.0, (0.97, 1.06, 0.93)),
    ("street", 0.32, 0.95, 0.8, 0.022, 0.02, (1.14, 0.98, 0.88)),
    ("yard", 0.2, 1.3, 0.7, 0.022, 0.0, (1.0, 1.0, 1.0)),
)
"""Scene, elevation, exposure, blur, noise, haze and cast of the six cameras."""

_SYSU = Rig(
    tuple(
        Mount(
            number=number,
            band="visible" if kind == Modality.VISIBLE else "near infrared",
            scene=scene,
            elevation=elevation,
            exposure=exposure,
            blur=blur,
            noise=noise,
            haze=haze,
            cast=cast,
        )
        for (number, kind), (scene, elevation, exposure, blur, noise, haze, cast) in zip(
            SYSU_CAMERAS.items(), _SYSU_LOOKS, strict=True
        )
    ),
    {kind: list(SYSU_CAMERAS.values()).count(kind) for kind in Modality},
)

_REGDB = Rig(
    (
        Mount(1, "visible", "street", 0.12, 1.0, 0.6, 0.014, (1.0, 1.02, 0.97), base_yaw=0.0),
        Mount(2, "thermal", "street", 0.12, 1.0, 0.95, 0.012, base_yaw=0.0, twin=1),
    ),
    {Modality.VISIBLE: 1, Modality.INFRARED: 1},
)

_LLCM_PLACES: tuple[tuple[Scene, float, float, float, tuple[float, ...]], ...] = (
    ("wall", 0.22, 0.62, 0.1, (1.1, 1.0, 0.86)),
    ("tiles", 0.3, 0.5, -0.5, (0.88, 0.98, 1.16)),
    ("street", 0.14, 0.42, 0.5, (1.2, 0.98, 0.78)),
    ("foliage", 0.1, 0.55, -0.2, (0.96, 1.06, 0.94)),
    ("corridor", 0.26, 0.7, 0.8, (1.04, 1.02, 0.9)),
    ("yard", 0.18, 0.46, -0.8, (0.92, 1.0, 1.1)),
    ("street", 0.34, 0.6, 0.3, (1.12, 1.0, 0.9)),
    ("wall", 0.12, 0.52, -0.4, (0.94, 1.0, 1.08)),
    ("tiles", 0.2, 0.66, 0.0, (1.0, 1.04, 0.94)),
)
"""Scene, elevation, exposure (there is little light), yaw and cast of the nine cameras."""


def _llcm_mounts(band: Band) -> tuple[Mount, ...]:
    """Return the nine cameras of LLCM, which record visible light or, at night, near infrared."""
    night = band == "near infrared"
    return tuple(
        Mount(
            number=number + _NEAR_INFRARED * night,
            band=band,
            scene=scene,
            elevation=elevation,
            exposure=1.3 if night else exposure,
            blur=0.65 if night else 0.55,
            noise=0.022 if night else 0.026,
            cast=(1.0, 1.0, 1.0) if night else cast,
            base_yaw=yaw,
            shown=number,
        )
        for number, (scene, elevation, exposure, yaw, cast) in enumerate(_LLCM_PLACES, start=1)
    )


_LLCM = Rig(
    (*_llcm_mounts("visible"), *_llcm_mounts("near infrared")),
    {Modality.VISIBLE: 5, Modality.INFRARED: 5},
)

RIGS: dict[Layout, Rig] = {"sysu": _SYSU, "manifest": _SYSU, "regdb": _REGDB, "llcm": _LLCM}
"""The cameras of each layout."""

UNUSED_IN_TEST: dict[Layout, tuple[int, ...]] = {"llcm": (3 + _NEAR_INFRARED,)}
"""Cameras that take no images of test identities."""
