"""Clusters parted by modality."""

import numpy as np
import pytest

from vireid.cluster import centres, normalise_rows, proxies


@pytest.mark.parametrize(("seed", "count", "clusters"), [(0, 1, 1), (1, 30, 8), (2, 300, 20)])
def test_proxies_are_numbered_cluster_by_cluster_visible_first(seed, count, clusters):
    generator = np.random.default_rng(seed)
    labels = generator.integers(-1, clusters, count)
    modality = generator.integers(0, 2, count)
    modality[labels == 3] = 1
    found, cluster = proxies(labels, modality)
    expected, clusters_of, number = [-1] * count, [], 0
    for label in range(clusters):
        for side in (0, 1):
            images = [i for i in range(count) if labels[i] == label and modality[i] == side]
            for i in images:
                expected[i] = number
            if images:
                clusters_of.append(label)
                number += 1
    assert found.tolist() == expected
    assert cluster.tolist() == clusters_of


def test_noise_alone_has_no_proxy():
    found, cluster = proxies(np.array([-1, -1]), np.array([0, 1]))
    assert (found.tolist(), cluster.tolist()) == ([-1, -1], [])


def test_golden_proxies(golden):
    arrays = golden("bmil_proxies")
    found, cluster = proxies(arrays["labels"], arrays["modality"])
    np.testing.assert_array_equal(found, arrays["proxy_of_row"])
    np.testing.assert_array_equal(cluster, arrays["proxy_cluster"])
    middle = centres(arrays["features"], found)
    np.testing.assert_allclose(middle, arrays["proxies"], atol=1e-5)
    rows = np.tile(normalise_rows(middle), (2, 1))
    np.testing.assert_allclose(rows, arrays["memory"], atol=1e-5)
