"""Samples of each cluster."""

import numpy as np
import pytest

from vireid.cluster import cluster_members
from vireid.errors import DataError


def test_members_equal_a_search_for_each_label() -> None:
    labels = np.random.default_rng(0).integers(-1, 7, size=60)
    members = cluster_members(labels, clusters=9)
    assert len(members) == 9
    for cluster, found in enumerate(members):
        assert found.tolist() == [i for i, label in enumerate(labels) if label == cluster]


@pytest.mark.parametrize("labels", [np.array([], int), np.full(5, -1)])
def test_noise_alone_has_no_clusters(labels: np.ndarray) -> None:
    assert cluster_members(labels) == []


@pytest.mark.parametrize(
    ("labels", "clusters", "message"),
    [
        (np.array([0.0, 1.0]), None, "whole numbers"),
        (np.array([[0, 1]]), None, "shape"),
        (np.array([0, -2]), None, "from -2"),
        (np.array([0, 3]), 3, "to 3; expected -1..2"),
    ],
)
def test_wrong_labels_are_refused(labels, clusters, message: str) -> None:
    with pytest.raises(DataError, match=message):
        cluster_members(labels, clusters)
