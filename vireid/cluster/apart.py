"""Keep tracks of one camera at one time in different clusters: nobody is twice in a picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vireid.types import NOISE, Bool, Float, Int
from vireid.types.images import NO_TRACK, UNKNOWN


@dataclass(frozen=True)
class Spans:
    """When and where each of G groups of images was seen."""

    place: Int
    """[G] a number for each camera of each modality; -1 where nobody knows it."""
    begin: NDArray[np.float64]
    """[G] time of the first image; inf where unknown."""
    end: NDArray[np.float64]
    """[G] time of the last image; -inf where unknown."""

    def meeting(self, some: Int) -> Bool:
        """Tell which groups cannot show the same person.

        Args:
            some: [M] of the groups.

        Returns:
            [M, M] True where two of them are of one camera, and were there at one time.
        """
        place, begin, end = self.place[some], self.begin[some], self.end[some]
        met = (place[:, None] == place) & (place[:, None] != NOISE)
        met &= (begin[:, None] <= end) & (begin <= end[:, None])
        np.fill_diagonal(met, False)
        return met

    def meeting_clusters(self, labels: Int, groups: Int, clusters: int) -> Bool:
        """Tell which clusters cannot show the same person.

        Args:
            labels: [N] cluster numbers 0..C-1, -1 for noise.
            groups: [N] the group of each image.
            clusters: C.

        Returns:
            [C, C] True where a group of one and a group of the other met.
        """
        inside = labels != NOISE
        group, label = np.unique(np.stack([groups[inside], labels[inside]]), axis=1)
        found = np.zeros((clusters, clusters), dtype=np.bool_)
        for place in np.setdiff1d(self.place[group], [NOISE]).tolist():
            here = np.flatnonzero(self.place[group] == place)
            here = here[np.argsort(self.begin[group[here]], kind="stable")]
            begin, end = self.begin[group[here]], self.end[group[here]]
            for number, last in enumerate(np.searchsorted(begin, end, side="right").tolist()):
                others = here[number + 1 : last]
                others = label[others[group[others] != group[here[number]]]]
                found[label[here[number]], others] = found[others, label[here[number]]] = True
        np.fill_diagonal(found, False)
        return found


def track_spans(
    groups: Int, modality: Int, camera: Int | None, track: Int, time: NDArray[np.float64] | None
) -> Spans:
    """Say when and where tracks were seen.

    Args:
        groups: [N] the group of each image, as ``track_groups`` has them.
        modality: [N] 0 visible, 1 infrared.
        camera: [N] camera numbers, 0 where unknown; None where all are unknown.
        track: [N] numbers of tracks, -1 for an image without one, which meets nobody.
        time: [N] seconds, NaN where unknown; None where all are unknown.

    Returns:
        Spans of the G groups.
    """
    count = int(groups.max(initial=-1)) + 1
    place, begin = np.full(count, NOISE, dtype=np.int64), np.full(count, np.inf)
    end = -begin
    if camera is None or time is None:
        return Spans(place, begin, end)
    known = (camera != UNKNOWN) & (track != NO_TRACK) & np.isfinite(time)
    place[groups[known]] = 2 * np.unique(camera, return_inverse=True)[1][known] + modality[known]
    np.minimum.at(begin, groups[known], time[known])
    np.maximum.at(end, groups[known], time[known])
    return Spans(place, begin, end)


def split_apart(embeddings: Float, labels: Int, groups: Int, spans: Spans) -> Int:
    """Split clusters so that no part holds two tracks of one camera at one time.

    Tracks that meet most others come first, then larger ones. Each joins the part whose mean is
    most similar among those that it meets no track of, or begins a new part.

    Args:
        embeddings: [N, D] rows of unit length; not modified.
        labels: [N] cluster numbers 0..C-1, -1 for noise.
        groups: [N] the track of each image, 0..G-1.
        spans: of the G tracks.

    Returns:
        [N] labels without gaps: the part with most images keeps its number, others follow after
        all clusters. A part of one image is noise.
    """
    found, following = labels.copy(), int(labels.max(initial=NOISE)) + 1
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(following + 1))
    for label in range(following):
        members = order[bounds[label] : bounds[label + 1]]
        tracks, local = np.unique(groups[members], return_inverse=True)
        met = spans.meeting(tracks)
        if not met.any():
            continue
        part = _parts(embeddings[members], local, met)[local]
        sizes = np.bincount(part)
        for rank, one in enumerate(np.argsort(-sizes, kind="stable").tolist()):
            if rank and sizes[one] == 1:
                found[members[part == one]] = NOISE
            elif rank:
                found[members[part == one]] = following
                following += 1
    return found


def _parts(rows: Float, local: Int, met: Bool) -> Int:
    """Return the part of each of T tracks, of which M rows are ``local`` [M]."""
    sums = np.zeros((len(met), rows.shape[1]))
    np.add.at(sums, local, rows)
    sizes = np.bincount(local)
    part = np.full(len(met), NOISE, dtype=np.int64)
    totals: list[NDArray[np.float64]] = []
    for one in np.lexsort((-sizes, -met.sum(axis=1))).tolist():
        taken = np.unique(part[met[one] & (part != NOISE)])
        free = np.setdiff1d(np.arange(len(totals)), taken)
        if free.size:
            there = np.stack([totals[each] for each in free])
            likeness = there @ sums[one] / np.linalg.norm(there, axis=1).clip(min=1e-12)
            part[one] = free[np.argmax(likeness)]
            totals[part[one]] = totals[part[one]] + sums[one]
        else:
            part[one] = len(totals)
            totals.append(sums[one])
    return part
