"""Which settings some label spaces depend on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from vireid.labelling.clustering import without_cameras

Settings = TypeVar("Settings")

CLUSTERS = (
    "single", "mixed", "cameras", "use_cameras", "tracks", "use_tracks", "subset", "refiners",
)  # fmt: skip
"""Settings of the clusterings; all others are of the matching."""


def needed_for(settings: Settings, spaces: Sequence[str]) -> Settings:
    """Return the settings of a labelling that some label spaces have a use for.

    Args:
        settings: of multi-memory matching.
        spaces: names of label spaces.

    Returns:
        The settings; those of clusterings and of the matching that the spaces have no use for,
        and those that are switched off, have their default.
    """
    kind: Any = type(settings)
    plain, found = kind(), cast(Any, settings)
    if not found.use_cameras:
        single, mixed = without_cameras(found.single), without_cameras(found.mixed)
        cameras = found.cameras.without_cameras()
        found = replace(found, single=single, mixed=mixed, cameras=cameras, use_cameras=True)
    if not found.use_tracks:
        found = replace(found, tracks=plain.tracks, use_tracks=True)
    if "mixed" not in spaces:
        found = replace(found, mixed=plain.mixed, subset=plain.subset)
    if set(spaces) == {"mixed"} and not found.cameras.first:
        found = replace(found, single=plain.single)
    if "matched" not in spaces:
        found = kind(**{name: getattr(found, name) for name in CLUSTERS})
    return cast(Settings, found)
