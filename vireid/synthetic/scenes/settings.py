"""The settings of the drawn recordings, checked where they are made."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from vireid.errors import ConfigError
from vireid.synthetic.settings import SyntheticSettings

BoxesFormat = Literal["all", "mot", "coco", "yolo", "csv"]
"""Which files of boxes are written."""
CAMERAS = {"cam1": 1, "cam2": 2, "cam3": 3, "cam4": 6}
"""Names of the cameras, and which of SYSU-MM01's each is like; the last two are infrared."""
RECORDINGS = ("day1", "day2")
"""Two recordings of other people: one to train on, one to search."""


@dataclass(frozen=True)
class SceneSettings:
    """What the recordings hold; equal settings give equal files."""

    identities: int = 24
    """People of the first recording, at least 1."""
    test_identities: int = 12
    """Other people, those of the second recording, at least 1."""
    seed: int = 0
    """The seed of everything random, 0 or more."""
    boxes_format: BoxesFormat = "all"
    """Which files of boxes are written."""
    width: int = 480
    """Width of a frame in pixels, 160 to 1280."""
    height: int = 270
    """Height of a frame in pixels, 90 to 720."""
    frames_a_walk: int = 14
    """Frames in which a person crosses the view of a camera, 4 to 200."""
    gap: int = 5
    """Frames between two people who enter the view of a camera, on average, 1 to 200."""
    fps: int = 3
    """Frames in a second, 1 to 60."""

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: a field is out of its range.
        """
        for name, low, high in (
            ("identities", 1, 9000),
            ("test_identities", 1, 900),
            ("seed", 0, 2**63),
            ("width", 160, 1280),
            ("height", 90, 720),
            ("frames_a_walk", 4, 200),
            ("gap", 1, 200),
            ("fps", 1, 60),
        ):
            value = getattr(self, name)
            if not isinstance(value, int) or not low <= value <= high:
                raise ConfigError(f"{name} is {value}; expected a whole number, {low} to {high}")
        if self.boxes_format not in get_args(BoxesFormat):
            known = ", ".join(get_args(BoxesFormat))
            raise ConfigError(f"boxes_format is {self.boxes_format!r}; expected {known}")

    @property
    def people(self) -> SyntheticSettings:
        """The settings by which people and cameras are drawn."""
        return SyntheticSettings(
            identities=max(2, self.identities),
            test_identities=self.test_identities,
            seed=self.seed,
        )

    def of(self, recording: str) -> range:
        """Return the numbers of the people of a recording.

        Args:
            recording: its name.

        Returns:
            Numbers from 1; nobody is in both recordings.

        >>> SceneSettings(identities=3, test_identities=2).of("day2")
        range(4, 6)
        """
        first = 1 if recording == RECORDINGS[0] else 1 + self.identities
        count = self.identities if recording == RECORDINGS[0] else self.test_identities
        return range(first, first + count)

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as values that JSON can hold."""
        return asdict(self)
