"""What labels make of knowing the tracks."""

from dataclasses import replace

import numpy as np
import pytest

from tests.cluster.test_apart import slow_conflicts
from vireid.cluster import modal_neighbours, normalise_rows
from vireid.labelling import (
    CameraUse,
    ClusteringConfig,
    MultiMemoryMatching,
    TrackUse,
    label_spaces,
)
from vireid.labelling.settings import read_settings, settings_text
from vireid.labelling.sized import scaled
from vireid.labelling.tracks import majority
from vireid.metrics import adjusted_rand
from vireid.types import Embeddings, Known, PseudoLabels

PEOPLE, SIZE = 9, 20
PLAIN = MultiMemoryMatching(
    single=ClusteringConfig(k1=12, k2=4), mixed=ClusteringConfig(k1=16, k2=4), memories=2
)
EVERY = ("visible", "infrared", "mixed", "matched")


@pytest.fixture(scope="module")
def scene():
    """Return embeddings of tracks that are noisy by image, what is known of them, identities."""
    generator = np.random.default_rng(4)
    people, camera, visit = np.unravel_index(np.arange(PEOPLE * 8), (PEOPLE, 4, 2))
    track = generator.permutation(len(people))
    start = 100.0 * visit + 3 * people  # two people pass a camera at one time
    images = np.repeat(np.arange(len(people)), 6)
    generator.shuffle(images)
    rows = generator.normal(size=(PEOPLE, SIZE))[people[images]]
    rows += 0.3 * generator.normal(size=(len(people), SIZE))[images]
    rows += generator.normal(0, 0.9, rows.shape)
    modality = (camera[images] > 1).astype(np.int64)
    time = start[images] + generator.uniform(0, 5, len(images))
    known = Known(modality, camera[images] + 1, track[images], time)
    return Embeddings(normalise_rows(rows), modality), known, people[images]


def labels_of(scene, use, **more):
    embeddings, known, _ = scene
    return label_spaces(embeddings, EVERY, replace(PLAIN, tracks=use, **more), known=known)


def same(one, other):
    for name, space in one.spaces.items():
        np.testing.assert_array_equal(space.labels, other.spaces[name].labels, err_msg=name)


def slow_majority(labels, track):
    """Return the most frequent label of each track, the lower of two."""
    found = []
    for image in range(len(labels)):
        own = [x for x, other in zip(labels, track, strict=True) if other == track[image]]
        known = sorted(set(own) - {-1}, key=lambda label: (-own.count(label), label))
        found.append(known[0] if known else -1)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_an_image_takes_the_label_of_most_of_its_track(seed):
    generator = np.random.default_rng(seed)
    labels, groups = generator.integers(-1, 4, 60), generator.integers(0, 12, 60)
    groups = np.unique(groups, return_inverse=True)[1]
    assert majority(labels, groups).tolist() == slow_majority(labels.tolist(), groups.tolist())
    assert majority(np.full(60, -1), groups).tolist() == [-1] * 60


def test_tracks_have_one_label(scene):
    embeddings, known, people = scene
    plain, found = labels_of(scene, TrackUse()), labels_of(scene, TrackUse(labels=True))
    for name in EVERY[:3]:
        before = plain.spaces[name].labels
        inside = plain.spaces[name].inside(known.modality)
        own = np.array(slow_majority(before.tolist(), known.track.tolist()))
        left = sorted(set(own[inside].tolist()) - {-1})
        expected = [left.index(x) if x >= 0 else -1 for x in own]
        assert found.spaces[name].labels[inside].tolist() == np.array(expected)[inside].tolist()
        scores = [
            adjusted_rand(people[inside], each.spaces[name].labels[inside])
            for each in (plain, found)
        ]
        assert scores[1].ari_noise_as_singletons >= scores[0].ari_noise_as_singletons
        assert found.spaces[name].modality == plain.spaces[name].modality
    assert len(embeddings) == len(known)


@pytest.mark.filterwarnings("ignore:.* losses without differences:UserWarning")
@pytest.mark.parametrize(
    "use", [TrackUse(), TrackUse(labels=True), TrackUse(cluster="tracks")], ids=str
)
def test_tracks_of_one_camera_at_one_time_have_different_labels(scene, use):
    embeddings, known, _ = scene
    noise = np.random.default_rng(1).normal(size=embeddings.vectors.shape)
    blurred = Embeddings(normalise_rows(0.5 * noise + embeddings.vectors), known.modality)
    single, mixed = (replace(one, eps=0.9) for one in (PLAIN.single, PLAIN.mixed))
    together = {}
    for apart in (False, True):
        config = replace(PLAIN, single=single, mixed=mixed, tracks=replace(use, apart=apart))
        found = label_spaces(blurred, EVERY, config, known=known)
        for name, space in found.spaces.items():
            own = space.labels
            together[name, apart] = sum(own[i] == own[j] >= 0 for i, j in conflicts_of(known))
    for name in EVERY:
        assert together[name, False] > 0, name
        assert together[name, True] == 0, name


def conflicts_of(known):
    return slow_conflicts(known.modality, known.camera, known.track, known.time)


def test_tracks_are_clustered_by_their_mean(scene):
    embeddings, known, people = scene
    calls = []

    def search(vectors, modality, **how):
        calls.append((len(vectors), how))
        return modal_neighbours(vectors, modality, **how)

    config = replace(PLAIN, tracks=TrackUse(cluster="tracks"))
    found = label_spaces(embeddings, EVERY, config, known=known, search=search)
    assert calls == [(PEOPLE * 8, {"k": 5, "own_k": 3})], "one search among the tracks"
    tracks = np.unique(known.track)
    first = np.array([np.flatnonzero(known.track == track)[0] for track in tracks])
    order = np.argsort(first)
    means = np.stack([embeddings.vectors[known.track == track].mean(axis=0) for track in tracks])
    single, mixed = (
        scaled(one, len(tracks), len(known), mixed=both)
        for one, both in ((PLAIN.single, False), (PLAIN.mixed, True))
    )
    assert (single.k1, single.k2, single.min_samples, mixed.k1) == (3, 2, 1, 5)
    alone = Embeddings(normalise_rows(means[order]), known.modality[first[order]])
    expected = label_spaces(alone, EVERY[:3], replace(PLAIN, single=single, mixed=mixed))
    place = np.argsort(order)[np.searchsorted(tracks, known.track)]
    for name in EVERY[:3]:
        np.testing.assert_array_equal(
            found.spaces[name].labels, expected.spaces[name].labels[place]
        )
    plain = labels_of(scene, TrackUse())
    for name in EVERY:
        inside = plain.spaces[name].inside(known.modality)
        one, other = (
            adjusted_rand(people[inside], each.spaces[name].labels[inside]).ari_noise_as_singletons
            for each in (plain, found)
        )
        assert other > max(0.7, one - 0.2), name


def test_an_image_keeps_the_trust_that_a_refiner_gave_it(scene):
    embeddings, known, _ = scene
    trust = np.linspace(0, 1, len(known), dtype=np.float32)
    labels = PseudoLabels(np.arange(len(known)) % 3, trust)
    whole = np.arange(len(known))
    for use in (TrackUse(labels=True), TrackUse(apart=True)):
        found = use.applied(labels, embeddings, known, whole)
        assert found.labels.tolist() != labels.labels.tolist()
        assert found.confidence.tolist() == trust.tolist()


def test_the_switch_and_unknown_tracks_leave_labels_as_they_are(scene):
    embeddings, known, _ = scene
    use = TrackUse(True, "tracks", True)
    plain, config = labels_of(scene, TrackUse()), replace(PLAIN, tracks=use)
    same(labels_of(scene, use, use_tracks=False), plain)
    for track in (None, np.full(len(known), -1)):
        unknown = replace(known, track=track)
        same(label_spaces(embeddings, EVERY, config, known=unknown), plain)
        assert list(config.idle(unknown)) == [
            "no image says its track: images are labelled without labelling.tracks"
        ]
        assert not list(replace(config, use_tracks=False).idle(unknown))
    for missing in ({"time": None}, {"camera": None}, {"time": np.full(len(known), np.nan)}):
        told = list(config.idle(replace(known, **missing)))
        assert told == [
            "no track says its camera and its times: labelling.tracks.apart keeps no tracks apart"
        ]
    assert list(config.idle(known)) == list(PLAIN.idle(Known(known.modality))) == []


def test_numbers_of_tracks_say_nothing(scene):
    embeddings, known, _ = scene
    config = replace(PLAIN, tracks=TrackUse(True, "tracks", True), cameras=CameraUse("camera"))
    other = replace(known, track=1000 - 3 * known.track)
    one, two = (label_spaces(embeddings, EVERY, config, known=each) for each in (known, other))
    same(one, two)


def test_images_without_tracks_are_tracks_by_themselves(scene):
    embeddings, known, _ = scene
    alone = replace(known, track=np.where(known.track == 3, 3, -1))
    some = known.track == 3
    found = label_spaces(
        embeddings, EVERY, replace(PLAIN, tracks=TrackUse(cluster="tracks")), known=alone
    )
    for space in found.spaces.values():
        assert len(set(space.labels[some])) == 1
    assert found.spaces["mixed"].clusters > 3


@pytest.mark.parametrize("use", [TrackUse(True), TrackUse(True, "tracks", True)])
def test_images_that_a_share_leaves_out_stay_noise(scene, use):
    _, known, _ = scene
    found = labels_of(scene, use, subset=0.5)
    visible, mixed = found.spaces["visible"].labels, found.spaces["mixed"].labels
    assert not ((visible >= 0) & (mixed >= 0)).any()
    plain = labels_of(scene, TrackUse(), subset=0.5)
    for name in ("visible", "mixed"):
        gone = plain.spaces["mixed" if name == "visible" else "visible"].labels >= 0
        assert (found.spaces[name].labels[gone & (known.modality == 0)] == -1).all()


def test_settings_are_checked_and_travel():
    assert list(replace(PLAIN, tracks=TrackUse(cluster="people")).problems()) == [
        "labelling.tracks.cluster is people; expected one of images, tracks"
    ]
    settings = replace(PLAIN, tracks=TrackUse(True, "tracks", True), use_tracks=False)
    assert read_settings(settings_text(settings)) == settings
    needed = replace(settings, use_tracks=True).needed_for(("visible",))
    assert needed.tracks == settings.tracks
    assert settings.needed_for(("visible",)) == PLAIN.needed_for(("visible",))


@pytest.mark.parametrize(
    ("groups", "expected"),
    [(1000, (30, 6, 4)), (999, (30, 6, 4)), (500, (16, 3, 2)), (1, (2, 2, 1))],
)
def test_fewer_groups_have_fewer_neighbours(groups, expected):
    found = scaled(ClusteringConfig(k1=30, k2=6), groups, 1000, mixed=False)
    assert (found.k1, found.k2, found.min_samples) == expected
    tiny = ClusteringConfig(k1=1, k2=1, min_samples=1)
    assert scaled(tiny, groups, 1000, mixed=True) == tiny, "nothing grows"
