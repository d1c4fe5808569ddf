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

    def meeting(self, one: int, others: Int) -> Bool:
        """Tell which groups cannot show the person of a group.

        Args:
            one: the group.
            others: [M] of the groups.

        Returns:
            [M] True where one of them is of the same camera, and was there at the same time; False
            for the group itself.
        """
        begin, end = self.begin[others], self.end[others]
        met = (begin <= self.end[one]) & (self.begin[one] <= end) & (others != one)
        return met & (self.place[others] == self.place[one]) & (self.place[one] != NOISE)

    def meetings(self, some: Int) -> Int:
        """Count how many groups each group meets, without a matrix of all of them.

        Args:
            some: [M] of the groups, each once.

        Returns:
            [M] how many of the others are of the same camera and were there at the same time.
        """
        found = np.zeros(len(some), dtype=np.int64)
        places = self.place[some]
        for place in np.setdiff1d(places, [NOISE]).tolist():
            here = np.flatnonzero(places == place)
            begin, end = self.begin[some[here]], self.end[some[here]]
            begun = np.searchsorted(np.sort(begin), end, side="right")
            found[here] = begun - np.searchsorted(np.sort(end), begin, side="left") - 1
        return found

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
        meetings = spans.meetings(tracks)
        if not meetings.any():
            continue
        part = _parts(embeddings[members], local, tracks, meetings, spans)[local]
        sizes = np.bincount(part)
        for rank, one in enumerate(np.argsort(-sizes, kind="stable").tolist()):
            if rank and sizes[one] == 1:
                found[members[part == one]] = NOISE
            elif rank:
                found[members[part == one]] = following
                following += 1
    return found


def _parts(rows: Float, local: Int, tracks: Int, meetings: Int, spans: Spans) -> Int:
    """Return the part of each of T tracks, of which M rows are ``local`` [M]."""
    sums = np.zeros((len(tracks), rows.shape[1]))
    np.add.at(sums, local, rows)
    sizes = np.bincount(local)
    part = np.full(len(tracks), NOISE, dtype=np.int64)
    totals: list[NDArray[np.float64]] = []
    for one in np.lexsort((-sizes, -meetings)).tolist():
        free = np.arange(len(totals))
        if meetings[one]:
            free = np.setdiff1d(free, part[spans.meeting(tracks[one], tracks)])
        if free.size:
            there = np.stack([totals[each] for each in free])
            likeness = there @ sums[one] / np.linalg.norm(there, axis=1).clip(min=1e-12)
            part[one] = free[np.argmax(likeness)]
            totals[part[one]] = totals[part[one]] + sums[one]
        else:
            part[one] = len(totals)
            totals.append(sums[one])
    return part
