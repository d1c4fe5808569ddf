"""How images are clustered, as far as what that needs is known of them."""

from dataclasses import dataclass

from vireid.labelling.clustering import ClusteringConfig


@dataclass(frozen=True)
class Plan:
    """How images are clustered, as far as what it needs is known of them."""

    single: ClusteringConfig
    """Of each modality by itself."""
    mixed: ClusteringConfig
    """Of both together."""
    subset: float = 1.0
    """Share of the visible images that mixed leaves out, see ``shares.clustered_together``."""
    tracks: bool = False
    """Whether tracks are clustered in place of images."""
    first: bool = False
    """Whether the images of each camera are clustered first, and then these clusters."""
