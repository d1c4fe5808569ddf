"""Which settings some label spaces depend on."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

from vireid.labelling.clustering import CAMERAS, with_nearest

Settings = TypeVar("Settings")

COSTS = ("memories", "cost_over", "matching", "max_cost", "reject")
"""Settings of a matching that a matcher of another kind has no use for."""
TRUST = ("confidence", "temperature")
"""Settings of the trust in matched labels."""


def unused(settings: Any, spaces: Collection[str]) -> dict[str, str]:
    """Say which settings of a labelling change nothing of some label spaces, and why.

    Args:
        settings: of multi-memory matching.
        spaces: names of label spaces; a mapping also tells whether anybody looks at the trust in
            ``matched``.

    Returns:
        The reason, in a few words, by the name of the setting, or of the group of settings.
    """
    found: dict[str, str] = {}
    if not settings.use_cameras:
        off = "labelling.use_cameras is off"
        found |= {"cameras.first": off, "cameras.shrink": off}
        for name in ("single", "mixed"):
            if getattr(settings, name).neighbours == CAMERAS:
                found[f"{name}.neighbours"] = off
    if not settings.use_tracks:
        found["tracks"] = "labelling.use_tracks is off"
    if "mixed" not in spaces:
        found |= dict.fromkeys(("mixed", "subset"), "no mixed labels are asked for")
    if set(spaces) == {"mixed"} and not (settings.cameras.first and settings.use_cameras):
        found["single"] = "only mixed labels are asked for"
    if "matched" not in spaces:
        return found | dict.fromkeys(("matcher", *COSTS, *TRUST), "no matched labels are asked for")
    if settings.matcher is not None:
        found |= dict.fromkeys(COSTS, "labelling.matcher pairs the clusters")
    if isinstance(spaces, Mapping) and not spaces["matched"].confidence:
        found |= dict.fromkeys(TRUST, "no term looks at trust in labels")
    return found


def needed_for(settings: Settings, spaces: Collection[str]) -> Settings:
    """Return the settings of a labelling that some label spaces have a use for.

    Args:
        settings: of multi-memory matching.
        spaces: as for ``unused``.

    Returns:
        The settings; those of clusterings and of the matching that the spaces have no use for,
        and those that are switched off, have their default.
    """
    plain, found = type(settings)(), cast(Any, settings)
    whole = {name for name in unused(settings, spaces) if "." not in name}
    found = replace(found, **{name: getattr(plain, name) for name in whole}, use_tracks=True)
    if not found.use_cameras:
        single, mixed = with_nearest(found.single), with_nearest(found.mixed)
        cameras = found.cameras.by_modality()
        found = replace(found, single=single, mixed=mixed, cameras=cameras, use_cameras=True)
    return cast(Settings, found)
