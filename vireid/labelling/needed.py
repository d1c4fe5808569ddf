"""Which settings some label spaces depend on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vireid.labelling.multi_memory import MultiMemoryMatching

CLUSTERS = (
    "single", "mixed", "cameras", "use_cameras", "tracks", "use_tracks", "subset", "refiners",
)  # fmt: skip
"""Settings of the clusterings; all others are of the matching."""


def needed_for(settings: "MultiMemoryMatching", spaces: Sequence[str]) -> "MultiMemoryMatching":
    """Return settings without those that some label spaces have no use for.

    Args:
        settings: of a labeller.
        spaces: names of label spaces.

    Returns:
        The settings; those of clusterings and of the matching that the spaces have no use for,
        and those that are switched off, have their default.
    """
    kind = type(settings)
    plain, found = kind(), settings
    if "mixed" not in spaces:
        found = replace(found, mixed=plain.mixed, subset=plain.subset)
    if set(spaces) == {"mixed"}:
        found = replace(found, single=plain.single if not found.cameras.first else found.single)
    if "matched" not in spaces:
        found = kind(**{name: getattr(found, name) for name in CLUSTERS})
    if not found.use_tracks:
        found = replace(found, tracks=plain.tracks, use_tracks=True)
    return found
