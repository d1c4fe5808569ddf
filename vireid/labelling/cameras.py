"""What a labelling makes of knowing which camera took an image."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

from vireid.errors import FROM_ZERO, outside
from vireid.types import Embeddings, Known

CentreRule = Literal["none", "modality", "camera"]


@dataclass(frozen=True)
class CameraUse:
    """How much of a camera is taken out of the embeddings before they are labelled."""

    centre: CentreRule = "none"
    """What is taken off each embedding before clustering and matching: nothing, the mean of its
    modality, or that of its camera."""
    spread: bool = False
    """Also divide each dimension by its standard deviation there."""
    shrink: float = 0.0
    """Images of its modality's mean that are added to each camera's (at least 0): more than 0
    where cameras see few people."""

    def problems(self, where: str) -> Iterator[str]:
        """Yield a message for each value that cannot be.

        Args:
            where: what the settings belong to, for the messages.

        Yields:
            The messages.
        """
        if self.centre not in get_args(CentreRule):
            known = ", ".join(get_args(CentreRule))
            yield f"{where}centre is {self.centre}; expected one of {known}"
        yield from outside(where, self, FROM_ZERO, "shrink")

    def applied(self, embeddings: Embeddings, known: Known) -> Embeddings:
        """Return the embeddings without what their cameras have in common.

        Args:
            embeddings: of N images.
            known: what is known of them.

        Returns:
            Embeddings of the same images; those given where nothing is taken off.
        """
        from vireid.cluster import camera_statistics, centred

        if self.centre == "none":
            return embeddings
        camera = known.camera if self.centre == "camera" else None
        found = camera_statistics(
            embeddings.vectors, embeddings.modality, camera, spread=self.spread, shrink=self.shrink
        )
        rows = centred(embeddings.vectors, embeddings.modality, camera, found)
        return replace(embeddings, vectors=rows, resident=None)
