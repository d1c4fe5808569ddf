"""What a labelling makes of knowing which camera took an image."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

from vireid.errors import FROM_ZERO, outside
from vireid.types import Embeddings, Int, Known

CentreRule = Literal["none", "modality", "camera"]


@dataclass(frozen=True)
class CameraUse:
    """What labels make of the cameras; where no image says its camera, of the modality at most."""

    centre: CentreRule = "none"
    """What is taken off each embedding before clustering and matching: nothing, the mean of its
    modality, or that of its camera (of its modality where nobody knows or may use its camera)."""
    spread: bool = False
    """Also divide each dimension by its standard deviation there; not with centre none."""
    shrink: float = 0.0
    """Images of its modality's mean that are added to each camera's (at least 0, and 0 unless
    centre is camera): more than 0 where cameras see few people, say the images of a person in a
    camera, times five."""
    first: bool = False
    """Whether the images of each camera are clustered first, and then these clusters by their mean
    embedding, with fewer neighbours as there are fewer of them."""

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
        if self.spread and not self.centred:
            yield (
                f"{where}spread applies where embeddings are centred; set {where}centre to "
                "modality or camera, or leave spread out"
            )
        if self.shrink > 0 and self.centre != "camera":
            yield (
                f"{where}shrink applies where embeddings are centred by camera; set {where}centre "
                "to camera, or leave shrink out"
            )

    def idle(self, known: Known, *, neighbours: bool = False) -> Iterator[str]:
        """Say what is asked for and cannot be had of some images.

        Args:
            known: what is known of them.
            neighbours: whether neighbours are to be of several cameras.

        Yields:
            A line.
        """
        if cameras_of(known) is not None:
            return
        if self.centre == "camera":
            yield (
                "no image says its camera: embeddings lose the mean of their modality in place of "
                "their camera's before they are labelled"
            )
        if self.first or neighbours:
            yield "no image says its camera: labels are made without clusters or shares of cameras"

    def by_modality(self) -> "CameraUse":
        """Return what is left of these settings where cameras are unknown, or not to be used."""
        plain = CameraUse()
        return replace(plain, spread=self.spread, centre="modality") if self.centred else plain

    @property
    def centred(self) -> bool:
        """Whether anything is taken off embeddings."""
        return self.centre != "none"

    def applied(self, embeddings: Embeddings, known: Known) -> Embeddings:
        """Return the embeddings without what their cameras have in common.

        Args:
            embeddings: of N images.
            known: what is known of them.

        Returns:
            Embeddings of the same images, where the others lie; those given where nothing is taken
            off.
        """
        if not self.centred:
            return embeddings
        camera = cameras_of(known) if self.centre == "camera" else None
        if embeddings.resident is not None:
            return self._there(embeddings, camera)
        from vireid.cluster import camera_statistics, centred

        rows, modality = embeddings.vectors, embeddings.modality
        found = camera_statistics(rows, modality, camera, spread=self.spread, shrink=self.shrink)
        return replace(embeddings, vectors=centred(rows, modality, camera, found))

    def _there(self, embeddings: Embeddings, camera: Int | None) -> Embeddings:
        """Centre embeddings on their device; the host waits twice, for copies there and back."""
        from vireid.cluster.centring_there import centred_there

        there = centred_there(
            embeddings.resident,
            embeddings.modality,
            camera,
            spread=self.spread,
            shrink=self.shrink,
        )
        return replace(embeddings, vectors=there.cpu().numpy(), resident=there)


def cameras_of(known: Known) -> Int | None:
    """Return the cameras of images.

    Args:
        known: what is known of N images.

    Returns:
        [N] camera numbers, 0 where unknown; None where no image says its camera.
    """
    return known.camera if known.camera is not None and known.camera.any() else None
