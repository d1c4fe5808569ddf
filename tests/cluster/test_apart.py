"""Nobody is twice in a picture: tracks of one camera at one time are kept apart."""

import itertools
import tracemalloc

import numpy as np
import pytest

from vireid.cluster import normalise_rows, split_apart, track_groups, track_spans


def scene(seed, count=90, size=6):
    """Return rows, labels, modality, camera, track and time; some of each unknown."""
    generator = np.random.default_rng(seed)
    modality, camera = generator.integers(0, 2, count), generator.integers(0, 3, count)
    track = generator.integers(-1, 6, count)
    time = 4.0 * track + generator.uniform(0, 7, count)
    time[generator.random(count) < 0.1] = np.nan
    labels = generator.integers(-1, 3, count)
    return (
        normalise_rows(generator.normal(size=(count, size))),
        labels,
        modality,
        camera,
        track,
        time,
    )


def slow_conflicts(modality, camera, track, time):
    """Return all pairs of images whose tracks cannot show the same person."""
    times = {}
    for image in range(len(track)):
        if track[image] >= 0 and camera[image] > 0 and not np.isnan(time[image]):
            key = (modality[image], camera[image], track[image])
            times.setdefault(key, []).append(time[image])
    found = set()
    for one, other in itertools.permutations(times, 2):
        together = min(times[one]) <= max(times[other]) and min(times[other]) <= max(times[one])
        if one[:2] == other[:2] and together:
            found.add((one, other))
    keys = list(zip(modality, camera, track, strict=True))
    return {
        (i, j)
        for i, j in itertools.permutations(range(len(track)), 2)
        if (keys[i], keys[j]) in found
    }


def split(rows, labels, modality, camera, track, time):
    groups = track_groups(modality, camera, track)
    spans = track_spans(groups, modality, camera, track, time)
    return split_apart(rows, labels, groups, spans), groups, spans


@pytest.mark.parametrize("seed", range(6))
def test_no_cluster_holds_two_tracks_of_one_time(seed):
    rows, labels, *known = scene(seed)
    found, groups, _ = split(rows, labels, *known)
    conflicts = slow_conflicts(*known)
    assert any(labels[i] == labels[j] >= 0 for i, j in conflicts)
    assert not any(found[i] == found[j] >= 0 for i, j in conflicts)
    assert (found[labels == -1] == -1).all()
    inside = found >= 0
    assert sorted(set(found[inside])) == list(range(found.max() + 1)), "without gaps"
    for label in range(found.max() + 1):
        assert len(set(labels[found == label])) == 1, "a part of one cluster"
    for label in range(labels.max() + 1):
        parts = found[labels == label]
        assert np.bincount(parts[parts >= 0]).argmax() == label, "the largest keeps the number"
        for group in set(groups[labels == label]):
            assert len(set(found[(labels == label) & (groups == group)])) == 1, "tracks stay whole"
    lost = (found == -1) & (labels >= 0)
    for image in np.flatnonzero(lost):
        assert any(i == image and labels[j] == labels[i] for i, j in conflicts)


@pytest.mark.parametrize("seed", range(3))
def test_clusters_without_such_tracks_stay(seed):
    rows, labels, modality, camera, track, time = scene(seed)
    whole = labels.copy()
    for none in (
        (modality, None, track, time),
        (modality, camera, track, None),
        (modality, camera, np.full(90, -1), time),
        (modality, np.zeros(90, int), track, time),
    ):
        assert split(rows, labels, *none)[0].tolist() == whole.tolist()


def test_a_track_joins_the_part_that_it_is_most_like():
    rows = normalise_rows(np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0.6, 1], [1, 0.6], [1, 0.1]]))
    track = np.array([0, 0, 1, 1, 2, 3, -1])
    camera = np.array([1, 1, 1, 1, 1, 2, 0])
    time = np.array([0.0, 2.0, 1.0, 3.0, 9.0, 0.0, np.nan])
    found = split(rows, np.zeros(7, int), np.zeros(7, int), camera, track, time)[0]
    assert found.tolist() == [0, 0, 1, 1, 1, 0, 0]


def test_a_part_of_one_image_is_noise():
    rows = normalise_rows(np.array([[1.0, 0], [1, 0], [0, 1]]))
    one, known = np.ones(3, int), np.array([0, 0, 1])
    found = split(rows, 0 * one, 0 * one, one, known, np.array([0.0, 2.0, 1.0]))[0]
    assert found.tolist() == [0, 0, -1]


@pytest.mark.parametrize("seed", range(4))
def test_clusters_meet_where_tracks_of_theirs_do(seed):
    _, labels, *known = scene(seed, count=50)
    labels = np.random.default_rng(seed).integers(-1, 9, 50)
    groups = track_groups(*known[:3])
    spans = track_spans(groups, *known)
    expected = np.zeros((9, 9), dtype=bool)
    for i, j in slow_conflicts(*known):
        if labels[i] >= 0 and labels[j] >= 0 and labels[i] != labels[j]:
            expected[labels[i], labels[j]] = True
    np.testing.assert_array_equal(spans.meeting_clusters(labels, groups, 9), expected)


@pytest.mark.parametrize("seed", range(4))
def test_meetings_are_those_of_all_pairs(seed):
    _, _, *known = scene(seed)
    groups = track_groups(*known[:3])
    spans = track_spans(groups, *known)
    first = np.unique(groups, return_index=True)[1]
    conflicts, whole = slow_conflicts(*known), np.arange(len(first))
    some = whole[1:]
    met = np.array([[(i, j) in conflicts for j in first[some]] for i in first[some]])
    np.testing.assert_array_equal([spans.meeting(one, some) for one in some], met)
    np.testing.assert_array_equal(spans.meetings(some), met.sum(axis=1))
    assert met.any()


def test_images_whose_tracks_nobody_knows_take_no_matrix():
    count = 3_000
    rows = normalise_rows(np.random.default_rng(0).normal(size=(count, 4)))
    one, track = np.ones(count, int), np.full(count, -1)
    track[:4] = [0, 0, 1, 1]
    time = np.full(count, np.nan)
    time[:4] = [0, 2, 1, 3]
    groups = track_groups(0 * one, one, track)
    spans = track_spans(groups, 0 * one, one, track, time)
    tracemalloc.start()
    try:
        found = split_apart(rows, 0 * one, groups, spans)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found[0] == found[1] != found[2] == found[3]
    assert peak < count**2 / 4, "bytes; a matrix of all groups has count² of them"
