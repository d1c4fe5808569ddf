"""Labels out of a search on a pretended GPU."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from tests.pretended import pretended_gpu
from vireid.cluster import Search, modal_neighbours, normalise_rows
from vireid.labelling import ClusteringConfig, MultiMemoryMatching, label_spaces
from vireid.types import Embeddings

WAITS = 38
"""Of the search; nothing else waits."""


BALANCED = MultiMemoryMatching(mixed=ClusteringConfig(neighbours="balanced"))


@pytest.mark.parametrize(
    ("settings", "waits"),
    [
        (MultiMemoryMatching(), WAITS),
        (BALANCED, 22),  # a search within the modalities, and one across
        (replace(BALANCED, subset=0.5), 24),  # and one of the share alone
    ],
    ids=["nearest", "balanced", "subset"],
)
def test_labels_are_those_of_the_cpu(settings, waits):
    generator = np.random.default_rng(0)
    people, modality = np.repeat(np.arange(30), 20), np.tile([0, 1], 300)
    rows = generator.normal(size=(600, 32)) + 2 * generator.normal(size=(30, 32))[people]
    embeddings = Embeddings(normalise_rows(rows.astype(np.float32)), modality)
    expected = label_spaces(embeddings, labeller=settings)
    with pretended_gpu() as gpu:
        search = partial(modal_neighbours, search=Search(device="cuda", block=128))
        found = label_spaces(embeddings, labeller=settings, search=search)
    assert not gpu.mixed, gpu.told()
    assert not gpu.raced, gpu.told()
    assert gpu.launched > 10
    assert gpu.waited <= waits, gpu.told()
    assert found.spaces["matched"].clusters > (20 if settings.subset == 1 else 10)
    for name, space in expected.spaces.items():
        assert np.array_equal(found.spaces[name].labels, space.labels)
        assert np.array_equal(found.spaces[name].confidence, space.confidence)
