"""What a labelling makes of knowing which images are of one track."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from vireid.types import NOISE, Embeddings, Int, Known, Matching, PseudoLabels
from vireid.types.images import NO_TRACK

ClusterRule = Literal["images", "tracks"]


@dataclass(frozen=True)
class TrackUse:
    """What labels make of the tracks; nothing where no image says its track."""

    labels: bool = False
    """Whether an image takes the label that most images of its track have that are no noise; the
    lower one of two that are equally frequent."""
    cluster: ClusterRule = "images"
    """What is clustered: images, or tracks by their mean embedding, with fewer neighbours as there
    are fewer of them; an image without a track is a track by itself."""
    apart: bool = False
    """Whether two tracks of one camera at one time are kept in different clusters, which needs
    times: a cluster that holds such tracks is split."""

    def problems(self, where: str) -> Iterator[str]:
        """Yield a message for each value that cannot be.

        Args:
            where: what the settings belong to, for the messages.

        Yields:
            The messages.
        """
        if self.cluster not in get_args(ClusterRule):
            known = ", ".join(get_args(ClusterRule))
            yield f"{where}cluster is {self.cluster}; expected one of {known}"

    def idle(self, known: Known) -> Iterator[str]:
        """Say what is asked for and cannot be had of some images.

        Args:
            known: what is known of them.

        Yields:
            A line.
        """
        if self == TrackUse():
            return
        if tracks_of(known) is None:
            yield "no image says its track: images are labelled without labelling.tracks"
        elif self.apart and not _timed(known):
            yield (
                "no track says its camera and its times: labelling.tracks.apart keeps no tracks "
                "apart"
            )

    def applied(
        self, labels: PseudoLabels, embeddings: Embeddings, known: Known, rows: Int
    ) -> PseudoLabels:
        """Let the labels of one clustering follow the tracks.

        Args:
            labels: of N images.
            embeddings: of the same images.
            known: what is known of them.
            rows: [M] the images that were clustered; all others stay noise.

        Returns:
            New labels, numbered without gaps, each image with the trust that it had; those given
            where no track is known.
        """
        track = tracks_of(known)
        if track is None or not (self.labels or self.apart):
            return labels
        from vireid.cluster import split_apart, track_groups, track_spans
        from vireid.labelling.clustering import closed_up

        some = known.subset(rows)
        groups = track_groups(some.modality, some.camera, track[rows])
        own = labels.labels[rows]
        if self.labels:
            own = majority(own, groups)
        if self.apart and _timed(known):
            spans = track_spans(groups, some.modality, some.camera, track[rows], some.time)
            own = split_apart(embeddings.vectors[rows], own, groups, spans)
        found = np.full(len(labels.labels), NOISE, dtype=np.int64)
        found[rows] = closed_up(own)
        return replace(labels, labels=found)

    def kept_apart(
        self, matching: Matching, visible: PseudoLabels, infrared: PseudoLabels, known: Known
    ) -> Matching:
        """Undo pairs that give one label to clusters with tracks of one camera at one time.

        Args:
            matching: from visible to infrared clusters.
            visible: clusters of the visible images, noise elsewhere.
            infrared: clusters of the infrared images, noise elsewhere.
            known: what is known of the N images.

        Returns:
            The matching, of fewer pairs where there are such clusters.
        """
        track = tracks_of(known)
        if track is None or not self.apart or not _timed(known):
            return matching
        from vireid.cluster import track_groups, track_spans
        from vireid.matching import pairs_apart

        groups = track_groups(known.modality, known.camera, track)
        spans = track_spans(groups, known.modality, known.camera, track, known.time)
        one, other = (
            spans.meeting_clusters(space.labels, groups, space.clusters)
            for space in (visible, infrared)
        )
        return pairs_apart(matching, one, other)


def tracks_of(known: Known) -> Int | None:
    """Return the tracks of images.

    Args:
        known: what is known of N images.

    Returns:
        [N] numbers of tracks, -1 for an image without one; None where no image has one.
    """
    found = known.track
    return found if found is not None and (found != NO_TRACK).any() else None


def _timed(known: Known) -> bool:
    """Tell whether any image of a track says its camera and its time."""
    track = tracks_of(known)
    if track is None or known.camera is None or known.time is None:
        return False
    return bool(((track != NO_TRACK) & (known.camera != 0) & np.isfinite(known.time)).any())


def majority(labels: Int, groups: Int) -> Int:
    """Give every image the label that most images of its group have that are no noise.

    Args:
        labels: [N] cluster numbers, -1 for noise.
        groups: [N] group numbers 0..G-1.

    Returns:
        [N] labels; the lower of two that are equally frequent, -1 in a group of noise alone.
        Numbers may be missing.

    >>> majority(np.array([2, 2, 1, -1, -1, 0]), np.array([0, 0, 0, 0, 1, 2])).tolist()
    [2, 2, 2, 2, -1, 0]
    """
    inside = labels != NOISE
    pairs, counts = np.unique(
        np.stack([groups[inside], labels[inside]]), axis=1, return_counts=True
    )
    best = np.full(int(groups.max(initial=-1)) + 1, NOISE, dtype=np.int64)
    order = np.lexsort((-pairs[1], counts))  # the last one of a group stays
    best[pairs[0][order]] = pairs[1][order]
    return best[groups]
