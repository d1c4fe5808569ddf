"""Labels out of a search on a pretended GPU."""

from functools import partial

import numpy as np

from tests.pretended import pretended_gpu
from vireid.cluster import Search, modal_neighbours, normalise_rows
from vireid.labelling import label_spaces
from vireid.types import Embeddings

WAITS = 38
"""Of the search; nothing else waits."""


def test_labels_are_those_of_the_cpu():
    generator = np.random.default_rng(0)
    people, modality = np.repeat(np.arange(30), 20), np.tile([0, 1], 300)
    rows = generator.normal(size=(600, 32)) + 2 * generator.normal(size=(30, 32))[people]
    embeddings = Embeddings(normalise_rows(rows.astype(np.float32)), modality)
    expected = label_spaces(embeddings)
    with pretended_gpu() as gpu:
        search = partial(modal_neighbours, search=Search(device="cuda", block=128))
        found = label_spaces(embeddings, search=search)
    assert not gpu.mixed, gpu.told()
    assert not gpu.raced, gpu.told()
    assert gpu.launched > 10
    assert gpu.waited <= WAITS, gpu.told()
    assert found.spaces["matched"].clusters > 20
    for name, space in expected.spaces.items():
        assert np.array_equal(found.spaces[name].labels, space.labels)
        assert np.array_equal(found.spaces[name].confidence, space.confidence)
