"""The settings of the synthetic data set, checked where they are made."""

import math
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from vireid.errors import ConfigError
from vireid.synthetic.further import SIX, check_cameras, rig_of
from vireid.synthetic.like import Counts, Kind, check_counts, counts_of
from vireid.synthetic.passing import passed
from vireid.synthetic.people import People
from vireid.synthetic.rig import RIGS, UNUSED_IN_TEST, Layout, Rig
from vireid.types import SYSU_CAMERAS, Modality

CAMERAS = tuple(SYSU_CAMERAS)
"""Numbers of the six cameras of the layouts "sysu" and "manifest"."""
INFRARED_CAMERAS = tuple(c for c, kind in SYSU_CAMERAS.items() if kind == Modality.INFRARED)
"""Those of them that record infrared light; the others record visible light."""

_SHARES = (
    "unpaired",
    "replace",
    "overlap",
    "reversed_share",
    "dye_correlation",
    "vanishing_share",
    "occluder_share",
    "pattern_share",
    "hat_share",
    "backpack_share",
    "bag_share",
    "scene_strength",
)


@dataclass(frozen=True)
class SyntheticSettings:
    """What the synthetic data set holds; equal settings give equal files."""

    layout: Layout = "sysu"
    """How files are arranged and which cameras there are: "sysu" (SYSU-MM01, six cameras), "regdb"
    (RegDB, a visible and a thermal one side by side), "llcm" (LLCM, nine that record visible light
    and, at night, near infrared) or "manifest" (those of "sysu" under a manifest.csv)."""
    identities: int = 96
    """Training identities, at least 2; in SYSU-MM01's layout the last eighth of them is listed in
    val_id.txt. In RegDB's layout each of the ten folds draws so many anew."""
    test_identities: int = 48
    """Test identities, at least 1; numbered after the training identities."""
    seed: int = 0
    """The seed of everything random, 0 or more."""
    unpaired: float = 0.0
    """Share of the training identities seen in one modality only, 0 to 1: half of them visible
    only, half infrared only; the number of people stays, that of images falls. Test identities
    are seen in both."""
    replace: float = 0.0
    """Share of the training identities whose visible images are those of another person, whom no
    infrared camera sees, 0 to 1; the number of images stays, that of people grows. Not together
    with ``unpaired``."""
    overlap: float = 1.0
    """Probability that a person, also of the test, passes a camera, 0 to 1; at least one of each
    modality is passed."""
    cameras: tuple[int, int] = SIX
    """How many visible and how many infrared cameras there are, 1 to 50 each; only the layout
    "manifest" has others than four and two. Those from the seventh on follow from the seed."""
    visible_images: int = 4
    """Images for each identity and visible camera, 1 to 99."""
    infrared_images: int = 6
    """Images for each identity and infrared camera, 1 to 99."""
    height: int = 128
    """Height of an image in pixels, 32 to 1024."""
    width: int = 64
    """Width of an image in pixels, 16 to 512."""
    base_yaws: tuple[float, ...] = (0.15, -0.6, 0.1, 1.0, -0.2, -0.4)
    """How far a person is turned from each of the six cameras of "sysu" and "manifest", in
    radians: 0 shows the front, pi the back."""
    yaw_spread: float = 0.6
    """A track's yaw differs from its camera's base yaw by up to this, in radians, 0 to pi."""
    track_jitter: float = 0.35
    """An image's yaw differs from its track's yaw by up to this, in radians, 0 to pi."""
    reversed_share: float = 0.05
    """Share of the tracks that show the person from the opposite side, 0 to 1."""
    dye_correlation: float = 0.9
    """Share of the materials whose infrared reflectance follows their red-weighted
    brightness, 0 to 1; that of the others is independent."""
    vanishing_share: float = 0.15
    """Share of the patterns without contrast in infrared, 0 to 1."""
    occluder_share: float = 0.05
    """Share of the images with something in front of the person, 0 to 1."""
    pattern_share: float = 0.65
    """Share of the tops with a pattern, 0 to 1; bottoms have half as many."""
    hat_share: float = 0.35
    """Share of the identities with a hat, 0 to 1."""
    backpack_share: float = 0.35
    """Share of the identities with a backpack, 0 to 1."""
    bag_share: float = 0.4
    """Share of the identities with a bag in the hand or on a strap, 0 to 1."""
    look_strength: float = 0.8
    """How strongly the cameras differ in colour, exposure and contrast, 0 to 2."""
    noise_strength: float = 1.0
    """Factor on the noise of every camera, 0 to 4."""
    light_strength: float = 0.8
    """Factor on how much light and background differ between tracks, 0 to 2."""
    scene_strength: float = 0.4
    """How strongly backgrounds stand out against an even grey, 0 to 1."""
    counts: Kind = "even"
    """Images of each person and camera: "even" as the settings say, or "real" as in the public data
    set of the layout, with its people, their numbers and their roles (``defaults.LIKE``)."""

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: if a field is out of its range.
        """
        object.__setattr__(self, "base_yaws", tuple(float(yaw) for yaw in self.base_yaws))
        if self.layout not in RIGS:
            raise ConfigError(f"layout is {self.layout!r}; expected {', '.join(RIGS)}")
        if len(self.base_yaws) != len(SYSU_CAMERAS) or not all(map(math.isfinite, self.base_yaws)):
            raise ConfigError(f"base_yaws is {self.base_yaws}; expected six finite angles")
        for name in _SHARES:
            self._check(name, 0, 1)
        for name in ("yaw_spread", "track_jitter"):
            self._check(name, 0, math.pi)
        for name, low, high in (
            ("identities", 2, 9000),
            ("test_identities", 1, 900),
            ("seed", 0, 2**63),
            ("visible_images", 1, 99),
            ("infrared_images", 1, 99),
            ("height", 32, 1024),
            ("width", 16, 512),
        ):
            self._check(name, low, high)
            if not isinstance(getattr(self, name), int):
                raise ConfigError(f"{name} is {getattr(self, name)}; expected a whole number")
        for name, high in (("look_strength", 2), ("noise_strength", 4), ("light_strength", 2)):
            self._check(name, 0, high)
        object.__setattr__(self, "cameras", check_cameras(self.cameras, self.layout))
        if self.layout == "regdb":
            self._check_regdb()
        parts, shares = (self.identities, self.test_identities), (self.unpaired, self.replace)
        check_counts(self.counts, self.layout, parts, (*shares, 1 - self.overlap))
        self.people.check()

    def _check(self, name: str, low: float, high: float) -> None:
        value = getattr(self, name)
        if not low <= value <= high:  # NaN fails too
            raise ConfigError(f"{name} is {value}; expected {low:g} to {high:g}")

    def _check_regdb(self) -> None:
        """Refuse what RegDB's layout cannot have."""
        for name, default, why in (
            ("unpaired", 0, "whose folds test everybody"),
            ("replace", 0, "whose folds test everybody"),
            ("overlap", 1, "which has one camera of each modality"),
        ):
            if getattr(self, name) != default:
                raise ConfigError(
                    f"{name} does not apply to RegDB's layout, {why}; leave it {default}"
                )

    @cached_property
    def real(self) -> Counts | None:
        """The real counts, where they count."""
        return counts_of(self.layout, self.seed) if self.counts == "real" else None

    def images_of(self, identity: int, camera: int) -> int:
        """Return how many images of an identity a camera takes.

        Args:
            identity: number of the identity, 1 or more.
            camera: number of a camera of the rig.

        Returns:
            The number of images.

        >>> SyntheticSettings().images_of(1, 3)
        6
        """
        if self.real is not None:
            return self.real.images[identity].get(camera, 0)
        infrared = self.rig.mount(camera).modality == Modality.INFRARED
        return self.infrared_images if infrared else self.visible_images

    def cameras_of(self, identity: int) -> tuple[int, ...]:
        """Return the cameras that see an identity.

        Args:
            identity: number of the identity, 1 or more.

        Returns:
            Numbers of cameras of the rig, rising. Who stands in for another passes the cameras
            that this one would have passed.

        >>> SyntheticSettings().cameras_of(1)
        (1, 2, 3, 4, 5, 6)
        """
        if self.real is not None:
            return tuple(self.real.images[identity])
        people = self.people
        only = people.one_modality_only.get(identity)
        unused = UNUSED_IN_TEST.get(self.layout, ()) if people.is_test(identity) else ()
        place = people.stand_ins.get(identity, identity)
        seen: list[int] = []
        for kind in Modality if only is None else (only,):
            offered = [
                mount.number
                for mount in self.rig.mounts
                if mount.modality == kind and mount.number not in unused
            ]
            seen += passed(self.seed, place, kind, offered, self.rig.seen_by[kind], self.overlap)
        return tuple(sorted(seen))

    @property
    def rig(self) -> Rig:
        """The cameras."""
        return rig_of(self.seed, self.cameras) if self.layout == "manifest" else RIGS[self.layout]

    @cached_property
    def people(self) -> People:
        """Who is in the data set."""
        real = None if self.real is None else self.real.roles
        shares = (self.unpaired, self.replace)
        return People(self.seed, self.identities, self.test_identities, *shares, real)

    @property
    def total_images(self) -> int:
        """All images of the data set."""
        everybody = self.people.everybody
        return sum(self.images_of(k, camera) for k in everybody for camera in self.cameras_of(k))

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as values that JSON can hold.

        Fields that older versions did not know are left out where they have their defaults, so
        that the files of those versions stay equal.
        """
        fields = {**asdict(self), "base_yaws": list(self.base_yaws), "cameras": list(self.cameras)}
        usual = {"layout": "sysu", "unpaired": 0, "replace": 0, "overlap": 1, "cameras": [*SIX]}
        usual["counts"] = "even"
        return {name: value for name, value in fields.items() if usual.get(name) != value}
