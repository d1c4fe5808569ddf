"""Neighbours of several cameras, and clusters of each camera that are clustered again."""

from dataclasses import replace

import numpy as np
import pytest

from tests.cluster.test_quotas import slow_list
from tests.labelling.test_cameras import CENTRED, PLAIN, same
from tests.labelling.test_cameras import scene as scene
from vireid.cluster import (
    dbscan,
    jaccard_distance,
    modal_neighbours,
    nearest_neighbours,
    normalise_rows,
)
from vireid.labelling import CameraUse, MultiMemoryMatching, TrackUse, label_spaces
from vireid.labelling.sized import scaled
from vireid.types import Embeddings, Known

NAMES = ("visible", "infrared", "mixed")
SHARED = replace(
    PLAIN,
    single=replace(PLAIN.single, neighbours="cameras"),
    mixed=replace(PLAIN.mixed, neighbours="cameras"),
)
FIRST = replace(PLAIN, cameras=CameraUse(first=True))


def plain_labels(rows, config, lists=None, modality=None):
    distance = jaccard_distance(
        rows, k1=config.k1, k2=config.k2, max_distance=config.eps, modality=modality,
        neighbours=None if lists is None else (np.array(lists), None),
    )  # fmt: skip
    return dbscan(distance, eps=config.eps, min_samples=config.min_samples)


def test_neighbours_are_of_several_cameras(scene):
    embeddings, known, _ = scene
    calls = []

    def search(vectors, modality, **how):
        calls.append(how)
        return modal_neighbours(vectors, modality, **how)

    found = label_spaces(embeddings, NAMES, SHARED, known=known, search=search)
    assert calls == [{"k": 36, "own_k": 27}], "one search, three times as deep"
    for name, side in (("visible", 0), ("infrared", 1), ("mixed", None)):
        inside = np.ones(len(known), bool) if side is None else known.modality == side
        rows, camera = embeddings.vectors[inside], known.camera[inside]
        config = SHARED.mixed if side is None else SHARED.single
        near = nearest_neighbours(rows, 3 * config.k1)[0]
        lists = [slow_list(one.tolist(), camera, config.k1) for one in near]
        both = known.modality if side is None else None
        expected = plain_labels(rows, config, lists, both)
        np.testing.assert_array_equal(found.spaces[name].labels[inside], expected)


def test_clusters_of_each_camera_are_clustered_again(scene):
    embeddings, known, _ = scene
    camera = np.where(np.arange(len(known)) % 17 == 0, 0, known.camera)
    found = label_spaces(embeddings, NAMES, FIRST, known=Known(known.modality, camera))
    groups = {}
    for one, cameras in ((1, 3), (2, 3), (3, 3), (4, 2), (5, 2)):
        here = np.flatnonzero(camera == one)
        how = scaled(PLAIN.single, 1, cameras, mixed=False)
        for image, label in zip(here, plain_labels(embeddings.vectors[here], how), strict=True):
            groups.setdefault((one, label, image if label < 0 else -1), []).append(image)
    members = sorted(groups.values(), key=lambda images: images[0])
    members += [[image] for image in np.flatnonzero(camera == 0)]
    rows = normalise_rows(np.stack([embeddings.vectors[own].mean(axis=0) for own in members]))
    modality = np.array([known.modality[own[0]] for own in members])
    single, mixed = (
        scaled(one, len(members), len(known), mixed=both)
        for one, both in ((PLAIN.single, False), (PLAIN.mixed, True))
    )
    assert single.k1 < PLAIN.single.k1
    expected = label_spaces(
        Embeddings(rows, modality), NAMES, replace(PLAIN, single=single, mixed=mixed)
    )
    for name in NAMES:
        alone = [found.spaces[name].labels[own] for own in members]
        assert all(len(set(labels)) == 1 for labels in alone), "a group has one label"
        pairs = {
            (int(a[0]), int(b)) for a, b in zip(alone, expected.spaces[name].labels, strict=True)
        }
        assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}), "the same"


@pytest.mark.parametrize("labeller", [SHARED, FIRST], ids=["neighbours", "first"])
def test_without_cameras_they_are_off(scene, labeller):
    embeddings, known, _ = scene
    plain = label_spaces(embeddings, labeller=PLAIN, known=known)
    off = replace(labeller, use_cameras=False)
    same(label_spaces(embeddings, labeller=off, known=known), plain)
    unknown = Known(known.modality)
    same(label_spaces(embeddings, labeller=labeller, known=unknown), plain)
    assert len(list(labeller.idle(unknown))) == 1
    assert list(labeller.idle(known)) == list(off.idle(unknown)) == []
    assert off.needed_for(NAMES) == PLAIN.needed_for(NAMES)
    assert labeller.needed_for(NAMES) != PLAIN.needed_for(NAMES)


@pytest.mark.parametrize("labeller", [SHARED, FIRST, replace(FIRST, cameras=CENTRED.cameras)])
def test_numbers_of_cameras_say_nothing(scene, labeller):
    embeddings, known, _ = scene
    other = Known(known.modality, np.array([0, 44, 2, 7, 1, 3])[known.camera])
    one, two = (label_spaces(embeddings, labeller=labeller, known=each) for each in (known, other))
    if labeller.cameras.first:  # another order of the groups, so other numbers
        for name, space in one.spaces.items():
            pairs = np.unique(np.stack([space.labels, two.spaces[name].labels]), axis=1)
            assert pairs.shape[1] == space.clusters + (space.labels == -1).any()
    else:
        same(one, two)


def test_tracks_are_clustered_within_each_camera_first(scene):
    embeddings, known, people = scene
    track = 100 * people + 10 * known.camera
    everything = replace(
        SHARED, cameras=CameraUse("camera", first=True), tracks=TrackUse(cluster="tracks")
    )
    found = label_spaces(
        embeddings, labeller=everything, known=Known(known.modality, known.camera, track)
    )
    for space in found.spaces.values():
        inside = space.inside(known.modality)
        pairs = np.unique(np.stack([track[inside], space.labels[inside]]), axis=1)
        assert pairs.shape[1] == len(np.unique(track[inside])), "a track has one label"
    assert isinstance(everything, MultiMemoryMatching)
