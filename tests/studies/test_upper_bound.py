"""The supervised upper bound."""

import numpy as np
import pytest

from vireid.cluster import modal_neighbours
from vireid.labelling import Labeller
from vireid.runs import new_network
from vireid.studies import TrueLabels
from vireid.training import EpochEnded, fit
from vireid.types import Embeddings, Known, Modality, Truth

IDENTITIES = np.array([30, 7, 7, 30, 7, 12])
MODALITY = np.array([0, 0, 1, 1, 1, 1])


def label(spaces):
    embeddings = Embeddings(np.eye(6), MODALITY)
    generator = np.random.default_rng(0)
    labeller = TrueLabels(Truth(IDENTITIES))
    assert isinstance(labeller, Labeller)
    assert not list(labeller.problems())
    return labeller.label(
        embeddings, Known(MODALITY), spaces, generator=generator, search=modal_neighbours
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
    if space == "matched":  # 7 and 30 are seen by both, 12 by infrared alone
        assert found.matching.partner.tolist() == [0, 2]
        assert found.matching.to_visible.tolist() == [0, -1, 1]
    else:
        assert found.matching is None
    assert found.matched == ("matched" if space == "matched" else None)
    own = {"visible": Modality.VISIBLE, "infrared": Modality.INFRARED}
    assert found.spaces[space].modality == own.get(space)


def test_a_training_takes_it_for_a_labeller(crops, tiny):
    truth = Truth(np.repeat(np.arange(8), 16))
    events = fit(new_network(tiny), crops, tiny, labeller=TrueLabels(truth))
    reports = [event.report for event in events if isinstance(event, EpochEnded)]
    assert [report.labelling.spaces["matched"].clusters for report in reports[1:]] == [8, 8]
