"""What is given to be labelled: galleries and files that are centred, and what they know."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

import vireid
from tests.labelling.test_cameras import CENTRED, PLAIN
from tests.labelling.test_cameras import scene as scene
from vireid.errors import ConfigError, DataError
from vireid.labelling import CameraUse
from vireid.labelling.features import find_labels
from vireid.labelling.given import of_file
from vireid.labelling.settings import settings_text
from vireid.ranking import Gallery, read_features, save_gallery
from vireid.runs.centring import statistics_of, without_cameras
from vireid.types import Images, Known, Modality


@pytest.fixture
def galleries(scene):
    """Return a gallery as the network gives it, and centred by half its images; named cameras."""
    embeddings, known, _ = scene
    images = replace(Images.of(known.modality, known.camera), cameras={1: "gate", 2: "9"})
    half = np.arange(0, len(images), 2)
    taken = statistics_of(embeddings.subset(half), images.subset(half), "training")
    plain = Gallery(images, embeddings)
    moved = without_cameras(embeddings, images, taken)
    return plain, replace(plain, embeddings=moved, statistics=taken)


@pytest.mark.parametrize(
    "settings", [CENTRED, replace(CENTRED, cameras=CameraUse("camera", True, 5.0))]
)
def test_what_is_centred_is_not_centred_twice(galleries, settings, tmp_path):
    plain, centred = (replace(one, labelling=settings_text(settings)) for one in galleries)
    save_gallery(centred, tmp_path / "x.npz")
    file = of_file(read_features(tmp_path / "x.npz"), "x.npz")
    for how in ({}, {"match": True}, {"only": Modality.INFRARED}):
        expected = vireid.label(plain, **how)
        np.testing.assert_array_equal(vireid.label(centred, **how), expected)
        found = find_labels(file, **how)
        np.testing.assert_array_equal(found.labels, expected)
        assert found.idle == ()
    loose = centred.vectors
    twice = vireid.label(loose, centred.images.known(), settings=settings)
    assert (twice != vireid.label(plain)).any()


def test_settings_that_do_not_centre_label_what_the_network_gives(galleries):
    plain, centred = galleries
    with pytest.warns(UserWarning, match="what was taken off is given back first"):
        found = vireid.label(centred, settings=PLAIN)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(found, vireid.label(plain, settings=PLAIN))


def test_nothing_is_said_of_what_knows_itself(galleries, tmp_path):
    plain, _ = galleries
    known = plain.images.known()
    for more in (known, known.modality):
        with pytest.raises(ConfigError, match="modality is given beside the gallery, which says"):
            vireid.label(plain, more)
    with pytest.raises(ConfigError, match="beside the embeddings, which says itself"):
        vireid.label(plain.embeddings, known.modality)
    other = Known(1 - known.modality)
    with pytest.raises(DataError, match="what is known of them differ in the modality"):
        vireid.label(plain.embeddings, other)
    expected = vireid.label(plain.vectors, known, settings=CENTRED)
    np.testing.assert_array_equal(vireid.label(plain.embeddings, known, settings=CENTRED), expected)
    save_gallery(plain, tmp_path / "x.npz")
    with pytest.raises(ConfigError, match="modality is given beside the file"):
        find_labels(of_file(read_features(tmp_path / "x.npz"), "x.npz"), known)
