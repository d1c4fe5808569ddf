"""Several labellings of the same features."""

from dataclasses import replace

import numpy as np
import pytest

from vireid.labelling.features import find_labels
from vireid.labelling.given import given
from vireid.labelling.repeated import repeated_labels
from vireid.metrics import adjusted_rand
from vireid.types import Known


@pytest.fixture(scope="module")
def features():
    """Return 6 people, each ten times in either modality."""
    generator = np.random.default_rng(0)
    people = np.repeat(np.arange(6), 20)
    rows = np.eye(6)[people] + 0.05 * generator.normal(size=(120, 6))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return given(rows.astype(np.float32), Known(np.tile([0, 1], 60))), people


def test_the_first_labelling_is_the_matched_one_and_others_see_a_share(features):
    vectors, people = features
    found = repeated_labels(vectors, draws=3, share=0.5, generator=np.random.default_rng(0))
    assert found.shape == (8, 120)
    np.testing.assert_array_equal(found[0], find_labels(vectors, match=True).labels)
    for matched, mixed in zip(found[2::2], found[3::2], strict=True):
        assert ((matched >= 0) | (mixed >= 0)).sum() <= 60
    assert all(adjusted_rand(people, labels).ari > 0.9 for labels in found)
    assert len({tuple(np.flatnonzero(labels >= 0)) for labels in found[2::2]}) == 3


def test_images_of_a_track_are_drawn_together(features):
    vectors, _ = features
    known = Known(vectors.known.modality, None, np.arange(120) // 4)
    found = repeated_labels(
        replace(vectors, known=known), draws=2, generator=np.random.default_rng(0)
    )
    for labels in found[2:]:
        shown = (labels >= 0).reshape(-1, 2, 2)  # modalities of a track are two tracks
        assert (shown[:, 0] == shown[:, 1]).mean() > 0.9


def test_one_modality_is_clustered_alone(features):
    vectors, people = features
    one = np.flatnonzero(vectors.known.modality == 0)
    alone = replace(vectors, rows=vectors.rows[one], known=vectors.known.subset(one))
    found = repeated_labels(alone, draws=1, generator=np.random.default_rng(0))
    assert found.shape == (2, 60)
    assert adjusted_rand(people[one], found[0]).ari > 0.9
