"""What labels make of knowing the cameras."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

import vireid
from tests.pretended import pretended_gpu
from vireid.cluster import Search, camera_statistics, centred, modal_neighbours, normalise_rows
from vireid.errors import DataError
from vireid.labelling import CameraUse, ClusteringConfig, MultiMemoryMatching, label_spaces
from vireid.labelling.features import find_labels
from vireid.labelling.settings import read_settings, settings_text
from vireid.metrics import adjusted_rand
from vireid.ranking import Gallery
from vireid.types import Embeddings, Images, Known, Modality

PEOPLE, SIZE = 10, 24
PLAIN = MultiMemoryMatching(
    single=ClusteringConfig(k1=9, k2=3), mixed=ClusteringConfig(k1=12, k2=4), memories=2
)
CENTRED = replace(PLAIN, cameras=CameraUse("camera"))
MODALITY = replace(PLAIN, cameras=CameraUse("modality"))


@pytest.fixture(scope="module")
def scene():
    """Return embeddings whose cameras lie apart, what is known of them, and identities."""
    generator = np.random.default_rng(5)
    people = generator.permutation(np.repeat(np.arange(PEOPLE), 30))
    camera = generator.integers(1, 6, len(people))
    modality = (camera > 3).astype(np.int64)
    rows = generator.normal(size=(PEOPLE, SIZE))[people]
    rows += 1.5 * generator.normal(size=(6, SIZE))[camera]
    rows += generator.normal(0, 0.4, rows.shape)
    return Embeddings(normalise_rows(rows), modality), Known(modality, camera), people


def taken_off(embeddings, known, camera, **settings):
    found = camera_statistics(embeddings.vectors, known.modality, camera, **settings)
    return replace(embeddings, vectors=centred(embeddings.vectors, known.modality, camera, found))


def same(one, other):
    assert list(one.spaces) == list(other.spaces)
    for name, space in one.spaces.items():
        np.testing.assert_array_equal(space.labels, other.spaces[name].labels, err_msg=name)
        np.testing.assert_array_equal(space.confidence, other.spaces[name].confidence)


@pytest.mark.parametrize("rule", ["camera", "modality"])
@pytest.mark.parametrize("more", [{}, {"spread": True, "shrink": 20.0}], ids=["mean", "spread"])
def test_labels_are_those_of_centred_embeddings(scene, rule, more):
    embeddings, known, people = scene
    labeller = replace(PLAIN, cameras=CameraUse(rule, **more))
    found = label_spaces(embeddings, labeller=labeller, known=known)
    moved = taken_off(embeddings, known, known.camera if rule == "camera" else None, **more)
    same(found, label_spaces(moved, labeller=PLAIN, known=known))
    if rule == "camera" and not more:
        before = label_spaces(embeddings, labeller=PLAIN, known=known)
        for name, least in (("visible", 0.9), ("infrared", 0.9), ("mixed", 0.9), ("matched", 0.9)):
            inside = found.spaces[name].inside(known.modality)
            scores = [
                adjusted_rand(people[inside], one.spaces[name].labels[inside]).ari
                for one in (before, found)
            ]
            assert scores[0] < least < scores[1], name


def test_where_cameras_are_off_or_unknown_the_modalitys_mean_stands_for_theirs(scene):
    embeddings, known, _ = scene
    plain = label_spaces(embeddings, labeller=MODALITY, known=known)
    off = replace(CENTRED, use_cameras=False)
    same(label_spaces(embeddings, labeller=off, known=known), plain)
    for camera in (None, np.zeros(len(known), int)):
        unknown = Known(known.modality, camera)
        same(label_spaces(embeddings, labeller=CENTRED, known=unknown), plain)
        assert list(CENTRED.idle(unknown)) == [
            "no image says its camera: embeddings lose the mean of their modality in place of "
            "their camera's before they are labelled"
        ]
        assert list(off.idle(unknown)) == list(PLAIN.idle(unknown)) == []
    assert list(CENTRED.idle(known)) == []


def test_images_without_a_camera_take_their_modalitys_mean(scene):
    embeddings, known, _ = scene
    camera = np.where(np.arange(len(known)) % 3, known.camera, 0)
    found = CENTRED.seen(embeddings, Known(known.modality, camera)).vectors
    whole = taken_off(embeddings, known, None).vectors
    unknown = camera == 0
    np.testing.assert_array_equal(found[unknown], whole[unknown])
    assert np.abs(found[~unknown] - whole[~unknown]).max(axis=1).min() > 0.01


def test_numbers_of_cameras_say_nothing(scene):
    embeddings, known, _ = scene
    other = Known(known.modality, np.array([0, 44, 2, 7, 1, 3])[known.camera])
    one, two = (label_spaces(embeddings, labeller=CENTRED, known=each) for each in (known, other))
    same(one, two)


@pytest.mark.parametrize("spread", [False, True])
def test_a_gpu_centres_the_embeddings_that_it_holds(scene, spread):
    embeddings, known, _ = scene
    labeller = replace(PLAIN, cameras=CameraUse("camera", spread=spread, shrink=4.0))
    expected = label_spaces(embeddings, labeller=labeller, known=known)
    with pretended_gpu() as gpu:
        there = replace(embeddings, resident=torch.tensor(embeddings.vectors, device="cuda"))
        gpu.clear()
        moved = labeller.seen(there, known)
        assert gpu.waited == 2, f"cameras there, rows back: {gpu.told()}"
        assert np.array_equal(moved.resident.cpu(), moved.vectors)
        search = partial(modal_neighbours, search=Search(device="cuda", block=128))
        found = label_spaces(there, labeller=labeller, known=known, search=search)
    assert not gpu.mixed, gpu.told()
    assert not gpu.raced, gpu.told()
    for name, space in expected.spaces.items():
        np.testing.assert_array_equal(found.spaces[name].labels, space.labels)
        np.testing.assert_allclose(found.spaces[name].confidence, space.confidence, atol=1e-3)


def test_what_cannot_be_is_said():
    wrong = replace(PLAIN, cameras=CameraUse("cam", shrink=-1.0))
    assert list(wrong.problems()) == [
        "labelling.cameras.centre is cam; expected one of none, modality, camera",
        "labelling.cameras.shrink is -1.0; expected at least 0",
    ]
    for idle, expected in (
        (CameraUse(spread=True), "spread applies where embeddings are centred; set"),
        (CameraUse(shrink=5.0), "shrink applies where embeddings are centred by camera; set"),
        (CameraUse("modality", shrink=5.0), "shrink applies where embeddings are centred by"),
    ):
        (found,) = replace(PLAIN, cameras=idle).problems()
        assert found.startswith(f"labelling.cameras.{expected}")
    fine = (CameraUse("modality", spread=True), CameraUse("camera", spread=True, shrink=5.0))
    assert [list(replace(PLAIN, cameras=one).problems()) for one in fine] == [[], []]
    nan = replace(PLAIN, cameras=CameraUse(shrink=float("nan")))
    assert list(nan.problems()) == ["labelling.cameras.shrink is nan; expected at least 0"]


def test_settings_travel_with_embeddings():
    settings = replace(PLAIN, cameras=CameraUse("camera", True, 3.5), use_cameras=False)
    assert read_settings(settings_text(settings)) == settings
    assert read_settings('{"cameras": {"centre": "camera", "newer": 1}}').cameras.shrink == 0
    with pytest.raises(DataError, match=r"labelling\.cameras\.centre is x"):
        read_settings('{"cameras": {"centre": "x"}}')


def test_what_stages_share_depends_on_cameras_that_count():
    settings = replace(CENTRED, memories=7)
    for spaces in (("visible",), ("mixed",), ("visible", "matched")):
        needed = settings.needed_for(spaces)
        assert needed.cameras == CameraUse("camera")
        assert needed.use_cameras
        off = replace(settings, use_cameras=False).needed_for(spaces)
        assert off == replace(MODALITY, memories=7).needed_for(spaces)


@pytest.mark.parametrize("match", [True, False])
def test_a_gallery_is_labelled_as_a_training_would(scene, match):
    embeddings, known, _ = scene
    images = Images.of(known.modality, known.camera)
    carried = replace(CENTRED, single=ClusteringConfig(k1=6, k2=2))
    gallery = Gallery(images, embeddings, labelling=settings_text(carried))
    found = find_labels(gallery, match=match)
    assert found.idle == ()
    names = ("matched",) if match else ("mixed",)
    expected = label_spaces(embeddings, names, carried, known=known).spaces[names[0]]
    np.testing.assert_array_equal(found.labels, expected.labels)
    np.testing.assert_array_equal(
        vireid.label(embeddings.vectors, known, match=match, settings=carried), found.labels
    )
    with pytest.warns(UserWarning, match="no image says its camera"):
        plain = vireid.label(embeddings.vectors, known.modality, match=match, settings=carried)
    assert (plain != found.labels).any()


def test_one_modality_of_a_gallery_knows_its_cameras(scene):
    embeddings, known, _ = scene
    gallery = Gallery(Images.of(known.modality, known.camera), embeddings)
    found = vireid.label(gallery, only=Modality.VISIBLE, settings=CENTRED)
    expected = label_spaces(embeddings, ("visible",), CENTRED, known=known).spaces["visible"]
    np.testing.assert_array_equal(found, expected.labels)
