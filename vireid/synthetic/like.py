"""How many images of whom each camera of the public data sets took; counts, no image."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal, get_args

from vireid.errors import ConfigError
from vireid.synthetic.passing import passed
from vireid.synthetic.rig import RIGS, UNUSED_IN_TEST, Layout
from vireid.types import SYSU_CAMERAS, Modality

Role = Literal["train", "val", "test", "unused"]
"""In which list a person stands: trained on (train and val), tested on, or in none."""

Kind = Literal["even", "real"]
"""As many images of everybody in each camera, or as many as a public data set has."""


@dataclass(frozen=True)
class Counts:
    """Who is in a data set, and how many images of them there are."""

    roles: Mapping[int, Role]
    """The role of each person, by number, rising."""
    images: Mapping[int, Mapping[int, int]]
    """Images of each person by the number of a camera of the rig; only cameras that took some."""


LLCM = {"train": (713, (16_946, 13_975)), "test": (351, (8_684, 7_162))}
"""People, visible and infrared images of each part. The 15,846 of the test are split as those of
the training are; LLCM states no number by person and camera, so each takes an even share."""


def counts_of(layout: Layout, seed: int) -> Counts | None:
    """Return the counts of a layout's public data set.

    Args:
        layout: of which data set.
        seed: draws whom LLCM's cameras see.

    Returns:
        The counts; None where everybody has equally many images in each camera (RegDB: 412 people,
        ten images in each of two), and of the layout "manifest", which is of no data set.

    >>> sum(sum(of.values()) for of in counts_of("sysu", 0).images.values())
    45863
    """
    if layout == "sysu":
        return _sysu()
    return _llcm(seed) if layout == "llcm" else None


def check_counts(
    counts: Kind, layout: Layout, parts: tuple[int, int], shares: Sequence[float]
) -> None:
    """Refuse what does not go with real counts.

    Args:
        counts: "real" is checked.
        layout: of the data set.
        parts: identities and test identities.
        shares: of people or cameras that are missing; all 0 with real counts.

    Raises:
        ConfigError: another kind, a layout that has no counts, or others than the counts say.
    """
    if counts not in get_args(Kind):
        raise ConfigError(f"counts is {counts!r}; expected even or real")
    if counts == "even":
        return
    real = counts_of(layout, 0)
    if real is None:
        raise ConfigError(f"counts is 'real'; the layout {layout} has none: leave it 'even'")
    roles = list(real.roles.values())
    expected = (roles.count("train") + roles.count("val"), roles.count("test"))
    if parts != expected or any(shares):
        raise ConfigError(
            f"counts is 'real'; expected {expected[0]} identities and {expected[1]} "
            "test_identities, and unpaired, replace and overlap left out"
        )


@lru_cache(maxsize=1)
def _sysu() -> Counts:
    text = (files("vireid.synthetic") / "sysu_counts.csv").read_text(encoding="utf-8")
    roles: dict[int, Role] = {}
    images = {}
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    for row in csv.DictReader(lines):
        identity = int(row["identity"])
        roles[identity] = next(role for role in get_args(Role) if role == row["role"])
        found = {camera: int(row[f"cam{camera}"]) for camera in SYSU_CAMERAS}
        images[identity] = {camera: count for camera, count in found.items() if count}
    return Counts(roles, images)


@lru_cache(maxsize=4)
def _llcm(seed: int) -> Counts:
    roles: dict[int, Role] = {}
    images: dict[int, dict[int, int]] = {}
    rig, unused = RIGS["llcm"], UNUSED_IN_TEST["llcm"]
    parts: tuple[Role, ...] = ("train", "test")
    for part in parts:
        people, totals = LLCM[part]
        first = len(roles) + 1
        for kind, total in zip(Modality, totals, strict=True):
            offered = [
                mount.number
                for mount in rig.mounts
                if mount.modality == kind and not (part == "test" and mount.number in unused)
            ]
            most = rig.seen_by[kind]
            for place in range(people):
                roles[first + place] = part
                cameras = sorted(passed(seed, first + place, kind, offered, most, 1.0))
                for number, camera in enumerate(cameras, start=place * most):
                    share = _share(number, people * most, total)
                    images.setdefault(first + place, {})[camera] = share
    return Counts(roles, images)


def _share(number: int, cells: int, total: int) -> int:
    """Return how much of a total one of its cells holds, all even but for rounding."""
    return (number + 1) * total // cells - number * total // cells
