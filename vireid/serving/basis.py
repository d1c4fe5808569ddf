"""What a query has to have in common with the gallery that it is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vireid.gallery.held import Rows
from vireid.types import Levels, Modality, NamedStatistics


@dataclass(frozen=True)
class Basis:
    """What queries have to have in common with the gallery."""

    rows: int = 0
    statistics: NamedStatistics | None = None
    """What was taken off the embeddings."""
    levels: Levels = field(default_factory=Levels)
    """What became black and white of images of more than 8 bits."""
    cameras: Mapping[Modality, tuple[str, ...]] = field(default_factory=dict)
    """Names of the cameras of each modality."""
    network: str | None = None
    """Fingerprint; None of an empty gallery."""
    source: str | None = None
    """Which run and stage made the embeddings, in words."""


def basis_of(rows: Rows) -> Basis:
    """Return what is known of a gallery.

    Args:
        rows: of it.
    """
    made = rows.head.made
    levels, known = made.levels_value() or Levels(), rows.cameras
    return Basis(
        len(rows.facts),
        made.statistics_value(),
        levels,
        {
            kind: tuple(
                sorted(
                    known.camera_name(number)
                    for number in known.camera[known.modality == kind].tolist()
                    if number
                )
            )
            for kind in Modality
        },
        made.network,
        made.source,
    )
