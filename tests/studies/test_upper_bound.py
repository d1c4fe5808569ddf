"""The supervised upper bound."""

import numpy as np
import pytest

from vireid.config import LabellingConfig
from vireid.runs import new_network
from vireid.studies import truth_labeller
from vireid.training import fit
from vireid.types import Embeddings, Truth

IDENTITIES = np.array([30, 7, 7, 30, 7, 12])
MODALITY = np.array([0, 0, 1, 1, 1, 1])


def label(spaces):
    embeddings = Embeddings(np.eye(6), MODALITY)
    generator = np.random.default_rng(0)
    return truth_labeller(Truth(IDENTITIES))(
        embeddings, spaces, LabellingConfig(), temperature=0.1, generator=generator
    )


@pytest.mark.parametrize(
    ("space", "labels"),
    [
        ("visible", [1, 0, -1, -1, -1, -1]),
        ("infrared", [-1, -1, 0, 2, 0, 1]),
        ("mixed", [2, 0, 0, 2, 0, 1]),
        ("matched", [2, 0, 0, 2, 0, 1]),
    ],
)
def test_labels_are_the_identities_numbered_without_gaps(space, labels):
    found = label((space,))
    assert found.spaces.keys() == {space}
    assert found.spaces[space].labels.tolist() == labels
    assert found.spaces[space].confidence.tolist() == [1] * 6
    assert found.matching is None


def test_a_training_takes_it_for_a_labeller(crops, tiny):
    truth = Truth(np.repeat(np.arange(8), 16))
    reports = []
    fit(
        new_network(tiny), crops, tiny,
        observe=reports.append, save=lambda *_: None, label=truth_labeller(truth),
    )  # fmt: skip
    assert [report.labelling.spaces["matched"].clusters for report in reports[1:]] == [8, 8]
